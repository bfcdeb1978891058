// The clear sky of the table, and clouds that drift before it.
uniform sampler2D sky_table; // columns: from the sun's azimuth to the opposite one; rows: from the horizon up
uniform sampler2D cloud_map; // equalised heaps, veil, detail
uniform vec3 sky_light;
uniform float cloud;
uniform float overcast;
uniform vec2 drift;
const vec2 TABLE = vec2(17.0, 28.0);

vec3 clear_sky(vec3 d) {
    float level = length(d.xy);
    float elevation = atan(max(d.z, 0.0), level) * 0.63662;
    float azimuth = acos(clamp(dot(d.xy, sun.xy) / max(level * length(sun.xy), 1e-6), -1.0, 1.0)) * 0.31831;
    vec2 place = vec2(pow(azimuth, 0.66667), sqrt(elevation));
    return texture(sky_table, (place * (TABLE - 1.0) + 0.5) / TABLE).rgb;
}

float heaps(vec2 p) {
    vec3 coarse = textureLod(cloud_map, p, 0.0).rgb;
    return coarse.r + (textureLod(cloud_map, p * 4.7 + 0.37, 0.0).b - 0.5) * 0.22 + (coarse.b - 0.5) * 0.10;
}

// Colour of the sky behind clouds, and how much of a light there comes through (alpha).
vec4 clouded_sky(vec3 d) {
    vec3 color = clear_sky(d);
    vec2 p = d.xy / (d.z + 0.10) * 0.085 + drift;
    float edge = 1.04 - cloud * 1.02;
    float heap = heaps(p);
    float cover = smoothstep(edge - 0.05, edge + 0.13, heap) * smoothstep(0.005, 0.14, d.z) * step(0.01, cloud);
    float ahead = heaps(p + sun.xy * 0.020 / (0.25 + sun.z));
    float thick = smoothstep(edge, edge + 0.55, heap), shaded = smoothstep(edge - 0.1, edge + 0.45, ahead);
    float towards = max(dot(d, sun), 0.0);
    vec3 lit = sky_light * (0.95 - 0.30 * thick) + sun_color * (0.34 * (1.0 - 0.75 * shaded) + 0.30 * square(square(square(towards))) * (1.0 - thick));
    vec3 sheet = color * (1.0 + (textureLod(cloud_map, p * 0.6, 0.0).g - 0.5) * 0.45);
    lit = mix(mix(lit, color, 0.35 * (1.0 - smoothstep(0.0, 0.3, d.z))), sheet, overcast);
    return vec4(mix(color, lit, cover * 0.95), 1.0 - cover * (0.75 + 0.25 * thick));
}
