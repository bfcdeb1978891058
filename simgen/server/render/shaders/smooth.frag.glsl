// Smooths stair-steps: finds how far the edge through a pixel runs on both sides and shifts the pixel across it accordingly.
// The idea is that of T. Lottes' FXAA (2009). Writes blue, green, red, alpha.
in vec2 uv;
out vec4 out_bgra;
uniform sampler2D source; // alpha: luma
uniform vec2 texel;
const int STEPS = 5;
const float STRIDE[5] = float[5](1.0, 1.5, 2.0, 3.0, 5.0);

float luma(float x, float y) {
    return textureLod(source, uv + vec2(x, y) * texel, 0.0).a;
}

void main() {
    vec4 middle = textureLod(source, uv, 0.0);
    float m = middle.a;
    float n = luma(0.0, 1.0), s = luma(0.0, -1.0), e = luma(1.0, 0.0), w = luma(-1.0, 0.0);
    float ne = luma(1.0, 1.0), nw = luma(-1.0, 1.0), se = luma(1.0, -1.0), sw = luma(-1.0, -1.0);
    float lying = abs(nw + sw - 2.0 * w) + 2.0 * abs(n + s - 2.0 * m) + abs(ne + se - 2.0 * e);
    float standing = abs(nw + ne - 2.0 * n) + 2.0 * abs(w + e - 2.0 * m) + abs(sw + se - 2.0 * s);
    bool level = lying >= standing;
    float one = level ? s : w, other = level ? n : e;
    bool towards_one = abs(one - m) >= abs(other - m);
    float side = towards_one ? -1.0 : 1.0;
    float beyond = towards_one ? one : other;
    float mean = 0.5 * (m + beyond), enough = 0.25 * abs(beyond - m);
    vec2 across = level ? vec2(0.0, texel.y) : vec2(texel.x, 0.0), along = level ? vec2(texel.x, 0.0) : vec2(0.0, texel.y);
    vec2 start = uv + across * side * 0.5;
    vec2 left = start, right = start;
    float at_left = 0.0, at_right = 0.0, run_left = 0.0, run_right = 0.0;
    bool ended_left = false, ended_right = false;
    for (int i = 0; i < STEPS; i++) {
        run_left += ended_left ? 0.0 : STRIDE[i];
        run_right += ended_right ? 0.0 : STRIDE[i];
        at_left = ended_left ? at_left : textureLod(source, start - along * run_left, 0.0).a - mean;
        at_right = ended_right ? at_right : textureLod(source, start + along * run_right, 0.0).a - mean;
        ended_left = ended_left || abs(at_left) >= enough;
        ended_right = ended_right || abs(at_right) >= enough;
        if (ended_left && ended_right) break;
    }
    float shorter = min(run_left, run_right), at_end = run_left < run_right ? at_left : at_right;
    bool fits = (m - mean < 0.0) != (at_end < 0.0);
    float shift = fits ? 0.5 - shorter / (run_left + run_right) : 0.0;
    // Lone pixels and thin lines lean on their neighbourhood as well.
    float around = (2.0 * (n + s + e + w) + ne + nw + se + sw) / 12.0;
    float high = max(max(max(n, s), max(e, w)), m), low = min(min(min(n, s), min(e, w)), m);
    float lone = clamp(abs(around - m) / max(high - low, 1e-4), 0.0, 1.0);
    lone = lone * lone * (3.0 - 2.0 * lone);
    shift = max(shift, lone * lone * 0.70);
    out_bgra = vec4(textureLod(source, uv + across * side * shift, 0.0).bgr, 1.0);
}
