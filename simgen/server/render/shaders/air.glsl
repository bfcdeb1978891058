// Fog that thins with height, in the colour of the sky behind it.
uniform sampler2D sky_map;
uniform vec3 sun;
uniform vec3 sun_color;
uniform vec3 fog_color;
uniform vec3 fog; // extinction per m, start m, falloff per m of height
uniform float fog_clear; // 1 for thin haze, which looks like the sky at the horizon; 0 for fog without direction
uniform float fog_glow;
const float SKY_AWAY = 6000.0; // metres of air before the sky

// Powers are dear to a software rasteriser.
float square(float x) {
    return x * x;
}

float fog_share(vec3 direction, float metres) {
    float rise = fog.z * direction.z;
    float along = max(metres - fog.y, 0.0);
    float depth = abs(rise * along) > 1e-3 ? (1.0 - exp(-min(max(rise * along, -30.0), 60.0))) / rise : along;
    return 1.0 - exp(-fog.x * depth);
}

vec3 haze(vec3 direction) {
    vec3 level = vec3(direction.xy * inversesqrt(dot(direction.xy, direction.xy) + 1e-6), 0.0);
    vec3 far = textureLod(sky_map, sky_place(level) * 0.98 + 0.01, 2.0).rgb;
    float towards = square(square(max(dot(direction, sun), 0.0)));
    return mix(fog_color, far, fog_clear) + sun_color * fog_glow * towards * towards;
}
