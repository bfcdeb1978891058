#include "placing.glsl"
in uvec4 in_tag;
in uvec4 in_identity;
in vec4 in_normal;
flat out uvec4 v_identity;

void main() {
    v_identity = uvec4(in_tag.x, in_identity.xy, uint(in_normal.w));
    gl_Position = clipped(placed());
}
