// Tag in red; INSTANCES adds the id, low byte in green and high byte in blue; written blue, green, red, alpha.
#include "range.glsl"
layout(location = 0) out vec4 out_bgra;
uniform sampler2D depths;
uniform usampler2D identities;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    uvec3 found = is_sky(texelFetch(depths, pixel, 0).r) ? uvec3(11u, 0u, 0u) : texelFetch(identities, pixel, 0).rgb;
#if INSTANCES
    out_bgra = vec4(vec3(found.bgr), 255.0) / 255.0;
#else
    out_bgra = vec4(0.0, 0.0, float(found.r), 255.0) / 255.0;
#endif
}
