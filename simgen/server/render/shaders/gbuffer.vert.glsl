#include "placing.glsl"
in vec4 in_normal;    // and material
in vec2 in_uv;
in vec4 in_color;     // and 1 where the instance's colour multiplies it
in uvec4 in_tag;      // tag, nothing, owner low, high
in vec4 in_tint;      // and the layer of the texture it wears
in uvec4 in_identity; // id low, id high, light flags low, high
uniform vec2 response[MATERIALS]; // roughness, specular of each material
uniform float night;
uniform float clock; // seconds of simulation, for what blinks
out vec3 v_normal;
out vec3 v_relative; // to the viewer: large numbers would lose centimetres between the corners of large triangles
out vec2 v_uv;
flat out vec3 v_color;
flat out vec3 v_response; // roughness, specular, emission
flat out uvec4 v_identity;
flat out vec3 v_anchor; // the first corner of the triangle, in its mesh: names a window pane
#if TEXTURED
flat out int v_layer; // of the texture that is worn, -1 none
out vec3 v_local;     // in the shape's own frame
out vec3 v_facing;
uniform usampler2D worn; // by owner, low byte along x
#endif

// carla.VehicleLightState
const uint POSITION = 1u, BEAMS = 6u, BRAKE = 8u, BLINKER_RIGHT = 16u, BLINKER_LEFT = 32u, REVERSE = 64u, FOG = 128u, INSIDE = 256u;
const uint SPECIAL = 1536u;
// Material
const uint HEADLAMP = 10u, TAILLAMP = 11u, LAMP = 17u, LIGHT_RED = 19u, LIGHT_GREEN = 21u, INDICATOR_LEFT = 23u, INDICATOR_RIGHT = 24u;
const uint REVERSING_LAMP = 25u, BRAKE_LAMP = 26u, BEACON = 27u, INTERIOR = 28u;

float blinking() {
    return step(fract(clock * 1.5), 0.5);
}

// Two short flashes, twice a second; the left half half a period after the right one.
float flashing() {
    float phase = fract(clock * 2.0 + (in_position.y < 0.0 ? 0.5 : 0.0)) * 5.0;
    return phase < 2.0 && fract(phase) < 0.6 ? 1.0 : 0.0;
}

float emission(uint material, uint flags) {
    if (material == HEADLAMP) return (flags & BEAMS) != 0u ? 1.0 : (flags & (POSITION | FOG)) != 0u ? 0.45 : 0.0;
    if (material == TAILLAMP) return (flags & BRAKE) != 0u ? 0.65 : (flags & (POSITION | BEAMS)) != 0u ? 0.32 : 0.0;
    if (material == LAMP) return night;
    if (material == INDICATOR_LEFT) return (flags & BLINKER_LEFT) != 0u ? 0.8 * blinking() : 0.0;
    if (material == INDICATOR_RIGHT) return (flags & BLINKER_RIGHT) != 0u ? 0.8 * blinking() : 0.0;
    if (material == REVERSING_LAMP) return (flags & REVERSE) != 0u ? 0.7 : 0.0;
    if (material == BRAKE_LAMP) return (flags & BRAKE) != 0u ? 0.7 : 0.0;
    if (material == BEACON) return (flags & SPECIAL) != 0u ? flashing() : 0.0;
    if (material == INTERIOR) return (flags & INSIDE) != 0u ? 0.06 : 0.0;
    return material >= LIGHT_RED && material <= LIGHT_GREEN ? 0.75 : 0.0;
}

void main() {
    vec3 relative = placed();
    uint material = uint(in_normal.w);
    vec3 color = in_color.rgb * mix(vec3(1.0), in_tint.rgb, in_color.a);
    v_normal = vec3(dot(in_row0.xyz, in_normal.xyz), dot(in_row1.xyz, in_normal.xyz), dot(in_row2.xyz, in_normal.xyz));
    v_relative = relative;
    v_uv = in_uv;
    v_color = color * color;
    v_response = vec3(response[material], emission(material, in_identity.z | (in_identity.w << 8)));
    v_identity = uvec4(in_tag.x, in_identity.xy, material);
    v_anchor = in_position;
#if TEXTURED
    int own = int(in_tint.a * 255.0 + 0.5);
    v_layer = max(own, int(texelFetch(worn, ivec2(in_tag.zw), 0).r)) - 1;
    v_local = in_position;
    v_facing = in_normal.xyz;
#endif
    gl_Position = clipped(relative);
}
