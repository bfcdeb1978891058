// Smooths stair-steps along edges (after T. Lottes' FXAA, the small version) and writes blue, green, red, alpha.
in vec2 uv;
out vec4 out_bgra;
uniform sampler2D source;
uniform vec2 size;

float luma(vec3 c) {
    return dot(c, vec3(0.299, 0.587, 0.114));
}

vec3 at(vec2 offset) {
    return textureLod(source, uv + offset / size, 0.0).rgb;
}

void main() {
    vec3 middle = at(vec2(0.0));
    float m = luma(middle);
    float nw = luma(at(vec2(-0.5, -0.5))), ne = luma(at(vec2(0.5, -0.5)));
    float sw = luma(at(vec2(-0.5, 0.5))), se = luma(at(vec2(0.5, 0.5)));
    float low = min(m, min(min(nw, ne), min(sw, se))), high = max(m, max(max(nw, ne), max(sw, se)));
    if (high - low < max(0.04, high * 0.11)) {
        out_bgra = vec4(middle.bgr, 1.0);
        return;
    }
    vec2 along = vec2((sw + se) - (nw + ne), (nw + sw) - (ne + se));
    float reduce = max((nw + ne + sw + se) * 0.03, 0.008);
    along = clamp(along / (min(abs(along.x), abs(along.y)) + reduce), -6.0, 6.0);
    vec3 close = 0.5 * (at(along * -0.1667) + at(along * 0.1667));
    vec3 wide = close * 0.5 + 0.25 * (at(along * -0.5) + at(along * 0.5));
    float w = luma(wide);
    out_bgra = vec4((w < low || w > high ? close : wide).bgr, 1.0);
}
