#include "hemisphere.glsl"
in vec2 uv;
out vec4 out_color;
uniform sampler2DArray details;
uniform vec3 sun;
uniform vec3 sun_color;
uniform vec3 zenith;
uniform vec3 horizon;
uniform float cloud;
uniform float overcast;
uniform float night;

vec3 clear_sky(vec3 d) {
    float up = max(d.z, 0.0);
    float towards = dot(d, sun);
    vec3 color = mix(horizon, zenith, pow(up, 0.45));
    float low = 1.0 - smoothstep(0.05, 0.5, sun.z);
    color *= mix(vec3(1.0), mix(vec3(0.62, 0.68, 0.82), vec3(1.15, 1.04, 0.92), towards * 0.5 + 0.5), low * (1.0 - night) * (1.0 - overcast));
    float glow = 0.05 * pow(max(towards, 0.0), 6.0) + 0.14 * pow(max(towards, 0.0), 60.0);
    return color + sun_color * glow * (1.0 - 0.8 * overcast);
}

vec3 with_clouds(vec3 color, vec3 d) {
    vec2 p = d.xy / (d.z + 0.12);
    vec4 coarse = textureLod(details, vec3(p * 0.045, 5.0), 0.0);
    vec4 fine = textureLod(details, vec3(p * 0.16 + 0.3, 5.0), 0.0);
    float heap = coarse.a * 0.55 + fine.g * 0.25 + fine.r * 0.20;
    float edge = mix(1.10, 0.16, pow(cloud, 0.7));
    float cover = smoothstep(edge - 0.08, edge + 0.18, heap) * smoothstep(0.0, 0.10, d.z);
    float thick = smoothstep(edge, edge + 0.42, heap);
    vec3 sky_light = 0.5 * zenith + 0.5 * horizon;
    vec3 top = sky_light * 0.9 + sun_color * 0.30;
    vec3 base = sky_light * mix(0.75, 0.62, overcast) + sun_color * 0.05;
    vec3 lit = mix(top, base, thick * 0.85);
    lit += sun_color * 0.10 * pow(max(dot(d, sun), 0.0), 10.0) * (1.0 - thick);
    return mix(color, lit, cover * 0.94);
}

void main() {
    vec3 d = sky_direction(uv);
    vec3 color = with_clouds(clear_sky(d), d);
    out_color = vec4(color, 1.0);
}
