// CARLA's 24 bits of planar depth over 1000 m, red lowest; written blue, green, red, alpha.
#include "range.glsl"
layout(location = 0) out vec4 out_bgra;
uniform sampler2D depths;

void main() {
    float stored = texelFetch(depths, ivec2(gl_FragCoord.xy), 0).r;
    float metres = is_sky(stored) ? 1000.0 : near / stored;
    // In two steps: the product of depth and 2^24 would not fit the 24 bits of a float.
    float scaled = metres * (65535.99609375 / 1000.0);
    float high = floor(scaled);
    uint k = uint(high);
    out_bgra = vec4(float(k >> 8), float(k & 255u), min(floor((scaled - high) * 256.0 + 0.5), 255.0), 255.0) / 255.0;
}
