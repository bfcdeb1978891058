// Depth 1 where ground mirrors and 0 elsewhere, at half size: the pass of reflections then pays for wet ground only.
#include "octahedron.glsl"
#include "materials.glsl"
uniform sampler2D albedo;
uniform sampler2D normals;
uniform usampler2D identities;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy) * 2;
    vec4 packed_normal = texelFetch(normals, pixel, 0);
    bool wet = mirrors(texelFetch(identities, pixel, 0).a, unfold(packed_normal.xy), packed_normal.z, texelFetch(albedo, pixel, 0).a);
    gl_FragDepth = wet ? 1.0 : 0.0;
}
