// The upper hemisphere, for reflections and the colour of haze.
#include "hemisphere.glsl"
#include "air.glsl"
#include "heavens.glsl"
in vec2 uv;
out vec4 out_color;

void main() {
    out_color = vec4(clouded_sky(sky_direction(uv)).rgb, 1.0);
}
