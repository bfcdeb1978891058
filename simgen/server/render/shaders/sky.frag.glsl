// The sky where nothing stands before it: clouds, sun, moon and stars.
#include "hemisphere.glsl"
#include "air.glsl"
#include "heavens.glsl"
in vec3 ray;
out vec4 out_color;
uniform float night;

float disc(vec3 d, vec3 towards, float radius) {
    float apart = 1.0 - dot(d, towards);
    return 1.0 - smoothstep(0.8, 1.25, apart / (0.5 * radius * radius));
}

vec3 stars(vec3 d) {
    vec2 cell = floor(d.xy / (d.z + 0.3) * 220.0);
    float seed = fract(sin(dot(cell, vec2(12.98, 78.23))) * 43758.5);
    return vec3(step(0.9988, seed) * 0.12 * fract(seed * 91.7) * smoothstep(0.05, 0.4, d.z));
}

void main() {
    vec3 d = normalize(ray);
    vec4 seen = clouded_sky(vec3(d.xy, max(d.z, 0.0)));
    float clear = seen.a * step(0.0, d.z) * (1.0 - overcast);
    vec3 color = seen.rgb + sun_color * disc(d, sun, 0.0065) * 40.0 * clear;
    vec3 moon = normalize(vec3(-sun.xy - vec2(0.2, 0.1), 0.55));
    float glow = square(square(square(max(dot(d, moon), 0.0))));
    glow *= glow * glow;
    color += (stars(d) + vec3(0.9, 0.95, 1.0) * (disc(d, moon, 0.0075) * 1.2 + 0.010 * glow * glow)) * night * clear;
    out_color = vec4(mix(color, haze(d), fog_share(d, SKY_AWAY)), 0.0);
}
