// The mean of 4 x 4 texels, the period of the pattern in which samples turn.
in vec2 uv;
out float out_open;
uniform sampler2D source;
uniform vec2 size;

void main() {
    vec2 e = 1.0 / size;
    float sum = texture(source, uv + e * vec2(-0.5, -0.5)).r + texture(source, uv + e * vec2(1.5, -0.5)).r;
    sum += texture(source, uv + e * vec2(-0.5, 1.5)).r + texture(source, uv + e * vec2(1.5, 1.5)).r;
    out_open = sum * 0.25;
}
