// Halves (WIDEN 0) or doubles (WIDEN 1) a picture with a soft kernel, after M. Bjorge, "Bandwidth-Efficient Rendering" (2015).
in vec2 uv;
out vec4 out_color;
uniform sampler2D source;
uniform vec2 texel;
uniform float weight;
#if WIDEN
uniform sampler2D finer;
#endif

vec3 at(float x, float y) {
    return textureLod(source, uv + vec2(x, y) * texel, 0.0).rgb;
}

void main() {
#if WIDEN
    vec3 wide = (at(-1.0, 0.0) + at(1.0, 0.0) + at(0.0, -1.0) + at(0.0, 1.0)) / 12.0;
    wide += (at(-0.5, 0.5) + at(0.5, 0.5) + at(0.5, -0.5) + at(-0.5, -0.5)) / 6.0;
    out_color = vec4(textureLod(finer, uv, 0.0).rgb + wide * weight, 1.0);
#else
    out_color = vec4(at(0.0, 0.0) * 0.5 + (at(-1.0, -1.0) + at(1.0, -1.0) + at(-1.0, 1.0) + at(1.0, 1.0)) * 0.125, 1.0);
#endif
}
