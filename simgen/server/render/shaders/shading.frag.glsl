// Light on what the G-buffer holds. SUN: the sun shines and throws shadows. NIGHT: lamps are lit. WET: what level wet ground
// mirrors is left to the pass of reflections, and alpha tells it how much.
#include "octahedron.glsl"
#include "hemisphere.glsl"
#include "air.glsl"
in vec2 uv;
in vec3 ray;
out vec4 out_color;
uniform sampler2D albedo;
uniform sampler2D normals;
uniform usampler2D identities;
uniform sampler2D depths;
uniform float near;
uniform vec3 ambient; // irradiance of sky and ground by direction: factors of 1, x, y, z, z * z
uniform vec3 ambient_x;
uniform vec3 ambient_y;
uniform vec3 ambient_z;
uniform vec3 ambient_zz;
uniform float night;
#if SUN
#include "shadow_lookup.glsl"
#endif
#if NIGHT
#include "lamps_lookup.glsl"
#endif
uniform sampler2D occlusion;
#include "materials.glsl"

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    float stored = texelFetch(depths, pixel, 0).r;
    float depth = near / max(stored, 1e-7);
    vec3 relative = ray * depth;
    float stretch = inversesqrt(dot(ray, ray));
    vec3 direction = ray * stretch;
    vec4 a = texelFetch(albedo, pixel, 0);
    vec4 packed_normal = texelFetch(normals, pixel, 0);
    uint material = texelFetch(identities, pixel, 0).a;
    vec3 base = a.rgb * a.rgb;
    float roughness = a.a, specular = packed_normal.z, emission = packed_normal.w;
    vec3 n = unfold(packed_normal.xy);
    vec3 mirrored = reflect(direction, n);
    float open = texture(occlusion, uv).r;
    bool leaf = material == LEAF || material == LEAF_CARD;
    vec3 falling = max(ambient + ambient_x * n.x + ambient_y * n.y + (ambient_z + ambient_zz * n.z) * n.z, 0.0) * open;
#if SUN
    float facing = dot(n, sun);
    float lit = shadow(relative, n);
    falling += sun_color * ((leaf ? abs(facing) * 0.5 + 0.3 : max(facing, 0.0)) * lit);
    float through = square(max(dot(direction, sun) * 0.5 + 0.5, 0.0));
    falling += leaf ? sun_color * vec3(0.30, 0.42, 0.10) * (lit * through * through) : vec3(0.0);
#endif
#if NIGHT
    vec4 lamp = lamp_light(relative, n, leaf);
    falling += lamp.rgb * (0.35 + 0.65 * open);
#endif
    vec3 color = base * falling;
    float steep = 1.0 - max(-dot(n, direction), 0.0);
    float f0 = material == METAL ? 0.5 : 0.04;
    float fresnel = f0 + (1.0 - f0) * square(square(steep)) * steep * (1.0 - 0.75 * roughness);
    float shine = fresnel * specular;
    // What a mirror would see near the ground is mostly houses, darker than the sky.
    float above = mix(0.22, 1.0, smoothstep(-0.05, 0.40, mirrored.z));
    vec3 seen = textureLod(sky_map, sky_place(mirrored), roughness * 5.0).rgb * (above * open);
#if NIGHT
    seen += lamp.rgb * 0.10;
#endif
#if WET
    float film = mirrors(material, n, specular, roughness) ? shine : 0.0;
    color += seen * (shine - film) * 1.3;
    color *= 1.0 - 0.5 * film;
#else
    float film = 0.0;
    color += seen * shine * 1.3;
#endif
#if SUN
    vec3 half_way = normalize(sun - direction);
    float alpha = max(roughness * roughness, 0.003);
    float spread = square(max(dot(n, half_way), 0.0)) * (alpha * alpha - 1.0) + 1.0;
    float peak = alpha * alpha / (3.1416 * spread * spread);
    color += sun_color * (min(peak * 0.25, 30.0) * shine * max(facing, 0.0) * lit);
#endif
    color += lamp_color(material, base) * (emission * emission * mix(6.0, 8.0, night));
    float hidden = fog_share(direction, depth / stretch);
    out_color = vec4(mix(color, haze(direction), hidden), film * (1.0 - hidden));
}
