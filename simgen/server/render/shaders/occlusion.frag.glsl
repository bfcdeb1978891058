// How much of the sky nearby surfaces hide from a pixel; drawn at half size.
#include "octahedron.glsl"
in vec2 uv;
in vec3 ray;
out float out_open;
uniform sampler2D depths;
uniform sampler2D normals;
uniform vec3 ray_x;
uniform vec3 ray_y;
uniform vec3 ray_w;
uniform vec2 spread; // image shares that a metre at a metre's depth spans
uniform float near;
const int TAPS = 7;
const float REACH = 1.2, RANGE = 70.0;

void main() {
    float depth = near / max(textureLod(depths, uv, 0.0).r, 1e-7);
    if (depth > RANGE) {
        out_open = 1.0;
        return;
    }
    vec3 place = ray * depth;
    vec3 n = unfold(textureLod(normals, uv, 0.0).rg);
    vec2 pixel = floor(gl_FragCoord.xy);
    float angle = (mod(pixel.x, 4.0) * 4.0 + mod(pixel.y + 2.0 * pixel.x, 4.0)) * 0.3927; // 16 turns over 4 x 4 pixels
    vec2 radius = min(spread * REACH / depth, vec2(0.16));
    float hidden = 0.0;
    for (int i = 0; i < TAPS; i++) {
        angle += 2.39996;
        vec2 at = uv + vec2(cos(angle), sin(angle)) * radius * (float(i) + 0.6) / float(TAPS);
        float there = near / max(textureLod(depths, at, 0.0).r, 1e-7);
        vec3 offset = (ray_x * (at.x * 2.0 - 1.0) + ray_y * (at.y * 2.0 - 1.0) + ray_w) * there - place;
        float far = dot(offset, offset);
        hidden += max(dot(offset, n) - 0.02 - 0.002 * depth, 0.0) / (far + 0.08) * step(far, REACH * REACH * 1.8);
    }
    out_open = clamp(1.0 - hidden * REACH * 1.7 / float(TAPS), 0.0, 1.0);
}
