// What wet ground mirrors: rays through the depth image, and the sky where they find nothing. RAIN: drops ripple the water.
#include "octahedron.glsl"
#include "hemisphere.glsl"
in vec3 ray;
out vec4 out_color;
uniform sampler2D albedo;
uniform sampler2D normals;
uniform sampler2D depths;
uniform sampler2D light;
uniform sampler2D sky_map;
uniform float near;
uniform vec3 origin;
uniform vec3 clip_x;
uniform vec3 clip_y;
uniform vec3 clip_w;
uniform float rain;
uniform float time;
const int STEPS = 12;

#if RAIN
vec2 ripple(vec2 ground) {
    vec2 cell = floor(ground), inside = fract(ground) - 0.5;
    vec2 h = fract(cell * vec2(0.1031, 0.1130) + 0.37);
    h += dot(h, h.yx + 31.31);
    float one = fract((h.x + h.y) * h.x), other = fract((h.x + h.y) * h.y);
    float age = fract(time * 1.6 + one * 7.0);
    vec2 from = inside - (vec2(one, other) - 0.5) * 0.4;
    float apart = length(from), front = age * 0.34;
    float wave = sin((apart - front) * 70.0) * max(1.0 - abs(apart - front) * 14.0, 0.0) * (1.0 - age);
    return from / max(apart, 1e-3) * wave;
}
#endif

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy) * 2;
    vec3 relative = ray * (near / max(texelFetch(depths, pixel, 0).r, 1e-7));
    vec3 n = unfold(texelFetch(normals, pixel, 0).rg);
    float roughness = texelFetch(albedo, pixel, 0).a;
#if RAIN
    float away = length(relative);
    n = normalize(n + vec3(ripple((relative.xy + origin.xy) * 3.1) * rain * 0.16 / (1.0 + 0.02 * away * away), 0.0));
#endif
    vec3 along = reflect(normalize(relative), n);
    along.z = max(along.z, 0.02);
    // Neighbours step differently, and the smear below takes their mean.
    float turn = fract(dot(floor(gl_FragCoord.xy), vec2(0.75487766, 0.56984029)));
    float reach = (0.20 + 0.02 * dot(clip_w, relative)) * (0.7 + 0.6 * turn), before = 0.0, lost = 0.0;
    vec2 found = vec2(-1.0);
    for (int i = 0; i < STEPS; i++) {
        vec3 p = relative + along * reach;
        float w = dot(clip_w, p);
        vec2 at = vec2(dot(clip_x, p), dot(clip_y, p)) / max(w, 0.1) * 0.5 + 0.5;
        float there = near / max(textureLod(depths, at, 0.0).r, 1e-7);
        bool inside = w > 0.1 && max(abs(at.x - 0.5), abs(at.y - 0.5)) < 0.5;
        lost = inside && w > there + 0.05 ? 1.0 : lost;
        if (inside && w > there && w - there < (reach - before) * 1.5 + 0.4) {
            found = at;
            break;
        }
        before = reach;
        reach *= 1.5;
    }
    // Halve the last step a few times.
    for (int i = 0; i < 3; i++) {
        float middle = 0.5 * (before + reach);
        vec3 p = relative + along * middle;
        float w = max(dot(clip_w, p), 0.1);
        vec2 at = vec2(dot(clip_x, p), dot(clip_y, p)) / w * 0.5 + 0.5;
        bool behind = w > near / max(textureLod(depths, at, 0.0).r, 1e-7);
        reach = behind ? middle : reach;
        before = behind ? before : middle;
        found = found.x >= 0.0 && behind ? at : found;
    }
    // Rough water smears what it mirrors, upwards in the image most.
    float smear = (0.006 + 0.30 * roughness) * reach / (4.0 + reach);
    vec3 mirrored = vec3(0.0);
    for (int i = 0; i < 6; i++) {
        float k = (float(i) - 2.5 + turn - 0.5) * 0.36;
        mirrored += min(textureLod(light, found + vec2(0.12 * fract(float(i) * 0.62) * smear, k * smear), 0.0).rgb, 8.0);
    }
    vec2 edge = smoothstep(0.0, 0.08, found) * smoothstep(0.0, 0.08, 1.0 - found);
    float sure = found.x >= 0.0 ? edge.x * edge.y : 0.0;
    // What lies behind things is unknown, and dark more often than bright.
    float open = mix(0.5, 1.0, smoothstep(0.02, 0.35, along.z)) * (1.0 - 0.75 * lost);
    vec3 sky = textureLod(sky_map, sky_place(along), 1.0 + roughness * 4.0).rgb * open;
    out_color = vec4(mix(sky, mirrored / 6.0, sure), 1.0);
}
