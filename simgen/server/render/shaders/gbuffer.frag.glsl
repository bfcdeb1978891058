// What a surface is made of. CLASS: 0 plain, 1 wall, 2 ground, 3 leaf, 4 window, as SurfaceClass.
#include "octahedron.glsl"
#include "cutout.glsl"
#include "override.glsl"
in vec3 v_normal;
in vec3 v_relative;
vec3 v_world;
in vec2 v_uv;
flat in vec3 v_color;
flat in vec3 v_response;
flat in uvec4 v_identity;
flat in vec3 v_anchor;
layout(location = 0) out vec4 out_albedo;    // square root of the linear colour, roughness
layout(location = 1) out vec4 out_normal;    // folded normal, specular, emission
layout(location = 2) out uvec4 out_identity; // tag, id low, id high, material
uniform vec3 origin;
uniform float night;
uniform float wet;     // 0..1 film of water
uniform float puddles; // 0..1 share of the ground under water

#if CLASS == 0
#include "surface_plain.glsl"
#elif CLASS == 1
#include "surface_wall.glsl"
#elif CLASS == 2
#include "surface_ground.glsl"
#elif CLASS == 3
#include "surface_leaf.glsl"
#else
#include "surface_window.glsl"
#endif

void main() {
    v_world = v_relative + origin;
    vec3 n = normalize(v_normal);
    vec3 color = v_color;
    vec3 response = v_response;
    finish(color, response, n);
    color = overridden(color);
    out_albedo = vec4(sqrt(clamp(color, 0.0, 1.0)), response.x);
    out_normal = vec4(fold(n), response.yz);
    out_identity = v_identity;
}
