// The detail textures, numbered as textures.LAYERS; a table of (layer, tiles per metre along u, along v).
uniform sampler2DArray details;
const vec3 OLD_ASPHALT = vec3(0.0, 0.333333, 0.333333);
const vec3 SLABS = vec3(1.0, 0.416667, 0.416667);
const vec3 BRICKS = vec3(2.0, 0.5, 0.555556);
const vec3 RENDER = vec3(3.0, 0.25, 0.25);
const vec3 LAWN = vec3(4.0, 0.25, 0.25);
const float MOTTLE = 5.0;
const vec3 COARSE_ASPHALT = vec3(6.0, 0.333333, 0.333333);
const vec3 BLOCKS = vec3(7.0, 0.625, 0.625);
const vec3 SQUARES = vec3(8.0, 0.416667, 0.416667);
const vec3 CAST = vec3(9.0, 0.333333, 0.333333);
const vec3 SETTS = vec3(10.0, 0.625, 0.625);
const vec3 KERB_STONES = vec3(11.0, 0.25, 1.0);
const vec3 EARTH = vec3(12.0, 0.5, 0.5);
const vec3 MEADOW = vec3(13.0, 0.2, 0.2);
const vec3 ASHLAR = vec3(14.0, 0.416667, 0.416667);
const vec3 PANELS = vec3(15.0, 0.333333, 0.333333);
const vec3 BOARDS = vec3(16.0, 0.277778, 0.833333);
const vec3 ROOF_TILES = vec3(17.0, 0.5, 0.555556);
const vec3 RIDGES = vec3(18.0, 1.0, 1.0);
const vec3 CHAIN_LINK = vec3(19.0, 2.5, 2.5);
const float FIRST_LEAVES = 20.0;
const float BIAS = -0.6;

vec4 detail_at(vec3 look, vec2 place) {
    return texture(details, vec3(place * look.yz, look.x), BIAS);
}

vec2 slopes(vec4 detail) {
    return detail.yz * 2.0 - 1.0;
}

float hash(vec2 p) {
    p = fract(p * vec2(123.34, 345.45));
    p += dot(p, p + 34.345);
    return fract(p.x * p.y);
}
