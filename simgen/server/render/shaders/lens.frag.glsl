// The lens on the finished picture: distortion and darkness beyond a circle, and coloured fringes.
in vec2 uv;
out vec4 out_bgra;
uniform sampler2D source; // blue, green, red
uniform vec2 circle;      // multiplier, falloff
uniform vec2 bend;        // k, kcube
uniform vec2 reach;       // x_size, y_size
uniform vec2 fringe;      // intensity, share of the way to the corner where it begins

void main() {
    vec2 out_from = uv - 0.5;
    float r = length(out_from) * 1.41421356;
    float share = clamp(circle.x * pow(max(r, 1e-4), circle.y), 0.0, 1.0);
    vec2 way = out_from / max(length(out_from), 1e-5);
    vec2 at = uv - way * reach * ((bend.x + bend.y * r) * r * r * share);
    vec2 split = out_from * (0.01 * fringe.x * max(r - fringe.y, 0.0) / max(1.0 - fringe.y, 1e-3));
    vec3 bgr = vec3(textureLod(source, at - split, 0.0).r, textureLod(source, at, 0.0).g, textureLod(source, at + split, 0.0).b);
    out_bgra = vec4(bgr * (1.0 - 0.5 * share), 1.0);
}
