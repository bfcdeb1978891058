// Light on what the G-buffer holds. SUN: the sun shines and throws shadows. NIGHT: lamps are lit.
#include "octahedron.glsl"
#include "hemisphere.glsl"
in vec2 uv;
in vec3 ray;
out vec4 out_color;
uniform sampler2D albedo;
uniform sampler2D normals;
uniform usampler2D identities;
uniform sampler2D depths;
uniform sampler2D sky_map;
uniform float near;
uniform vec3 sun;
uniform vec3 sun_color;
uniform vec3 ambient_up;
uniform vec3 ambient_down;
uniform vec3 fog_color;
uniform vec3 fog; // extinction per m, start m, falloff per m of height
uniform float overcast;
uniform float cloud;
uniform float night;
#if SUN
#include "shadow_lookup.glsl"
#endif
#if NIGHT
#include "lamps_lookup.glsl"
#endif
uniform sampler2D occlusion;

const uint HEADLAMP = 10u, LEAF = 15u, GLASS = 6u, METAL = 9u;

// Powers are dear to a software rasteriser.
float square(float x) {
    return x * x;
}

float cube(float x) {
    return x * x * x;
}

vec3 sky_seen(vec3 d, float level) {
    return textureLod(sky_map, sky_place(d), level).rgb;
}

float fog_share(vec3 direction, float metres) {
    float rise = fog.z * direction.z;
    float along = max(metres - fog.y, 0.0);
    float depth = abs(rise * along) > 1e-3 ? (1.0 - exp(-min(max(rise * along, -30.0), 60.0))) / rise : along;
    return 1.0 - exp(-fog.x * depth);
}

vec3 sun_disc(vec3 d) {
    return sun_color * smoothstep(0.99985, 0.99996, dot(d, sun)) * 20.0 * (1.0 - overcast) * step(0.0, d.z) * (1.0 - 0.6 * cloud);
}

vec3 stars(vec3 d) {
    vec2 cell = floor(d.xy / (d.z + 0.3) * 220.0);
    float seed = fract(sin(dot(cell, vec2(12.98, 78.23))) * 43758.5);
    return vec3(step(0.9988, seed) * 0.10 * fract(seed * 91.7) * step(0.1, d.z) * (1.0 - cloud));
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    float stored = texelFetch(depths, pixel, 0).r;
    bool is_sky = stored <= 0.0;
    vec3 relative = ray * (near / max(stored, 1e-7));
    vec3 direction = normalize(ray);
    vec4 a = texelFetch(albedo, pixel, 0);
    vec4 packed_normal = texelFetch(normals, pixel, 0);
    uint material = texelFetch(identities, pixel, 0).a;
    vec3 base = a.rgb * a.rgb;
    float roughness = a.a, specular = packed_normal.z, emission = packed_normal.w;
    vec3 n = unfold(packed_normal.xy);
    vec3 mirrored = reflect(direction, n);
    vec3 sky = sky_seen(is_sky ? direction : mirrored, is_sky ? 0.0 : roughness * 6.0);

    float facing = dot(n, sun);
    bool leaf = material == LEAF;
    float wrapped = leaf ? abs(facing) * 0.5 + 0.35 : max(facing, 0.0);
    float lit = 0.0;
#if SUN
    lit = shadow(relative, n);
#endif
    float open = texture(occlusion, uv).r;
    vec3 ambient = mix(ambient_down, ambient_up, n.z * 0.5 + 0.5) * open;
    vec3 color = base * (ambient + sun_color * wrapped * lit);
#if SUN
    color += leaf ? base * sun_color * vec3(0.7, 1.0, 0.2) * 0.3 * lit * cube(max(dot(direction, sun) * 0.5 + 0.5, 0.0)) : vec3(0.0);
#endif
#if NIGHT
    color += base * lamp_light(relative, n, leaf) * open;
#endif
    float steep = max(-dot(n, direction), 0.0);
    float f0 = material == METAL ? 0.5 : 0.04;
    float fresnel = f0 + (1.0 - f0) * cube(1.0 - steep) * square(1.0 - steep) * (1.0 - 0.75 * roughness);
    // What a mirror would see near the ground is mostly houses, darker than the sky.
    float above = mix(0.25, 1.0, smoothstep(-0.05, 0.40, mirrored.z));
    color += sky * fresnel * specular * 1.4 * above * open;
#if SUN
    vec3 half_way = normalize(sun - direction);
    float alpha = max(roughness * roughness, 0.003);
    float spread = square(max(dot(n, half_way), 0.0)) * (alpha * alpha - 1.0) + 1.0;
    float peak = alpha * alpha / (3.1416 * spread * spread);
    color += sun_color * min(peak * 0.25, 30.0) * fresnel * specular * max(facing, 0.0) * lit;
#endif
    color += (material == HEADLAMP ? vec3(1.0, 0.95, 0.85) : base * base * 1.4) * emission * emission * mix(3.0, 9.0, night);
    color = is_sky ? sky + sun_disc(direction) + stars(direction) * night : color;
    vec3 haze = fog_color + sun_color * 0.12 * square(square(square(max(dot(direction, sun), 0.0)))) * (1.0 - overcast);
    color = mix(color, haze, fog_share(direction, is_sky ? 4000.0 : length(relative)));
    out_color = vec4(color, 1.0);
}
