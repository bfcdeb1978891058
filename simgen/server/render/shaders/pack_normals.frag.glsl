// Shading normals of the world frame as n * 0.5 + 0.5; the sky is black. Written blue, green, red, alpha.
#include "octahedron.glsl"
#include "range.glsl"
layout(location = 0) out vec4 out_bgra;
uniform sampler2D depths;
uniform sampler2D normals;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 n = unfold(texelFetch(normals, pixel, 0).rg) * 0.5 + 0.5;
    out_bgra = vec4(is_sky(texelFetch(depths, pixel, 0).r) ? vec3(0.0) : n.bgr, 1.0);
}
