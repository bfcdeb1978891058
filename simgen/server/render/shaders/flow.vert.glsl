#include "placing.glsl"
in vec4 in_before0;
in vec4 in_before1;
in vec4 in_before2;
in int in_shift; // vertices on lies the posture of the moment before
layout(std430, binding = 0) readonly buffer Positions {
    float positions[];
};
uniform vec3 before_x;
uniform vec3 before_y;
uniform vec3 before_w;
out vec3 v_now;    // x, y, w of clip space; interpolated like v_before, so that what stands still has no flow at all
out vec3 v_before; // in the clip space of the camera before
#if CUTOUT
in vec2 in_uv;
in vec4 in_normal;
out vec2 v_uv;
flat out uint v_material;
#endif

void main() {
#if CUTOUT
    v_uv = in_uv;
    v_material = uint(in_normal.w);
#endif
    int at = 3 * (gl_VertexID + in_shift);
    vec4 p = vec4(positions[at], positions[at + 1], positions[at + 2], 1.0);
    vec3 was = vec3(dot(in_before0, p), dot(in_before1, p), dot(in_before2, p));
    v_before = vec3(dot(before_x, was), dot(before_y, was), dot(before_w, was));
    vec3 relative = placed();
    v_now = vec3(dot(clip_x, relative), dot(clip_y, relative), dot(clip_w, relative));
    gl_Position = clipped(relative);
}
