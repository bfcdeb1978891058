// A small picture of the logarithm of the light, for the meter.
in vec2 uv;
out float out_log;
uniform sampler2D light;
uniform vec2 cells;

void main() {
    float sum = 0.0;
    for (int i = 0; i < 9; i++) {
        vec2 inside = vec2(float(i % 3) - 1.0, float(i / 3) - 1.0) / 3.0;
        vec3 color = textureLod(light, uv + inside / cells, 0.0).rgb;
        sum += log2(clamp(dot(color, vec3(0.2126, 0.7152, 0.0722)), 1e-3, 4.0));
    }
    out_log = sum / 9.0;
}
