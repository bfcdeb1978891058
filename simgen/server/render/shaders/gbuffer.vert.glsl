#include "placing.glsl"
in vec4 in_normal;    // and material
in vec2 in_uv;
in vec4 in_color;     // and 1 where the instance's colour multiplies it
in uvec4 in_tag;
in vec4 in_tint;
in uvec4 in_identity; // id low, id high, light flags low, high
uniform vec2 response[42]; // roughness, specular of each material
uniform float night;
uniform vec3 origin;
out vec3 v_normal;
out vec3 v_world;
out vec2 v_uv;
flat out vec3 v_color;
flat out vec3 v_response; // roughness, specular, emission
flat out uvec4 v_identity;
flat out vec3 v_anchor; // the first corner of the triangle, in its mesh: names a window pane

const uint POSITION = 1u, BEAMS = 6u, BRAKE = 8u, REVERSE = 64u, FOG = 128u;
const uint HEADLAMP = 10u, TAILLAMP = 11u, LAMP = 17u, LIGHT_RED = 19u, LIGHT_GREEN = 21u;

float emission(uint material, uint flags) {
    if (material == HEADLAMP) return (flags & BEAMS) != 0u ? 1.0 : (flags & (POSITION | FOG)) != 0u ? 0.45 : 0.0;
    if (material == TAILLAMP) return (flags & BRAKE) != 0u ? 0.65 : (flags & (POSITION | BEAMS)) != 0u ? 0.32 : 0.0;
    if (material == LAMP) return night;
    return material >= LIGHT_RED && material <= LIGHT_GREEN ? 0.75 : 0.0;
}

void main() {
    vec3 relative = placed();
    uint material = uint(in_normal.w);
    vec3 color = in_color.rgb * mix(vec3(1.0), in_tint.rgb, in_color.a);
    v_normal = vec3(dot(in_row0.xyz, in_normal.xyz), dot(in_row1.xyz, in_normal.xyz), dot(in_row2.xyz, in_normal.xyz));
    v_world = relative + origin;
    v_uv = in_uv;
    v_color = color * color;
    v_response = vec3(response[material], emission(material, in_identity.z | (in_identity.w << 8)));
    v_identity = uvec4(in_tag.x, in_identity.xy, material);
    v_anchor = in_position;
    gl_Position = clipped(relative);
}
