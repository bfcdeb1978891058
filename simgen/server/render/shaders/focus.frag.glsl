// Depth of field: what lies off the plane of focus becomes discs in the shape of the diaphragm.
in vec2 uv;
out vec4 out_color;
uniform sampler2D light;
uniform sampler2D depths;
uniform float near;
uniform float focus;  // m
uniform float radius; // image widths, of a point at infinity
uniform float blades;
uniform float aspect;
const int TAPS = 40;

float blur_at(vec2 at) {
    float depth = near / max(textureLod(depths, at, 0.0).r, 1e-6);
    return min(radius * abs(depth - focus) / max(depth, 0.05), 0.03);
}

void main() {
    float own = blur_at(uv);
    vec4 sum = vec4(textureLod(light, uv, 0.0).rgb, 1.0);
    for (int i = 1; i < TAPS; i++) {
        float turn = float(i) * 2.39996, slice = 6.28319 / blades;
        float edge = cos(0.5 * slice) / cos(mod(turn, slice) - 0.5 * slice);
        float reach = sqrt(float(i) / float(TAPS)) * max(own, 0.004);
        vec2 at = uv + vec2(cos(turn), sin(turn) * aspect) * reach * edge;
        float weight = max(blur_at(at), own * 0.05) >= reach ? 1.0 : 0.0;
        sum += vec4(min(textureLod(light, at, 0.0).rgb, 60.0), 1.0) * weight;
    }
    out_color = vec4(sum.rgb / sum.a, 0.0);
}
