// Takes the mean over the pattern in which the rays of neighbours step.
in vec2 uv;
out vec4 out_color;
uniform sampler2D source;
uniform vec2 texel;

void main() {
    vec4 sum = textureLod(source, uv + texel * vec2(-0.5, -0.6), 0.0) + textureLod(source, uv + texel * vec2(0.5, 0.6), 0.0);
    out_color = vec4(sum.rgb / max(sum.a, 0.12), 1.0); // where nothing mirrors, nothing counts
}
