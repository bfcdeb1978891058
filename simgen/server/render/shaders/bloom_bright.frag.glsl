// What outshines the picture, at a quarter of its size.
in vec2 uv;
out vec4 out_color;
uniform sampler2D light;
flat in float exposed;
uniform vec2 texel; // of the light

void main() {
    vec3 sum = vec3(0.0);
    float weights = 0.0;
    for (int i = 0; i < 4; i++) {
        vec2 corner = vec2(float(i & 1), float(i >> 1)) * 2.0 - 1.0;
        vec3 color = textureLod(light, uv + corner * texel, 0.0).rgb;
        float weight = 1.0 / (1.0 + dot(color, vec3(0.33))); // one brilliant pixel must not flicker
        sum += color * weight;
        weights += weight;
    }
    vec3 color = sum / weights * exposed;
    float bright = max(color.r, max(color.g, color.b));
    out_color = vec4(min(color * (max(bright - 0.9, 0.0) / max(bright, 1e-4)), 12.0), 1.0);
}
