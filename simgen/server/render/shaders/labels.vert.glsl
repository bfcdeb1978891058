#include "placing.glsl"
in uvec4 in_tag;
in uvec4 in_identity;
in vec4 in_normal;
flat out uvec4 v_identity;
#if CUTOUT
in vec2 in_uv;
out vec2 v_uv;
#endif

void main() {
    v_identity = uvec4(in_tag.x, in_identity.xy, uint(in_normal.w));
#if CUTOUT
    v_uv = in_uv;
#endif
    gl_Position = clipped(placed());
}
