// Walls, roofs, boards and bark. Stones of walls lie in world space; roof tiles, boards and bark follow (u, v) in metres.
const uint CONCRETE = 1u, BARK = 14u, BRICK = 29u, STONE = 31u, CLADDING = 32u, WOOD = 33u, TILES = 34u;
const vec3 MORTAR = vec3(0.33, 0.30, 0.27);
const vec3 MOSS = vec3(0.10, 0.12, 0.05);

vec3 look_of(uint material) {
    vec3 look = material == BRICK ? BRICKS : RENDER;
    look = material == CONCRETE ? CAST : look;
    look = material == STONE ? ASHLAR : look;
    look = material == CLADDING ? PANELS : look;
    look = material == WOOD ? BOARDS : look;
    look = material == TILES ? ROOF_TILES : look;
    return material == BARK ? RIDGES : look;
}

void finish(inout vec3 color, inout vec3 response, inout vec3 n) {
    uint material = v_identity.w;
    vec3 look = look_of(material);
    vec3 right = vec3(normalize(vec2(-n.y, n.x) + 1e-5), 0.0);
    bool upright = abs(n.z) < 0.7;
    bool by_uv = material == WOOD || material == TILES || material == BARK;
    vec2 place = upright ? vec2(dot(right, v_world), v_world.z) : v_world.xy;
    vec4 detail = detail_at(look, by_uv ? v_uv : place);
    vec4 streaks = texture(details, vec3(place * (upright ? vec2(0.19, 0.027) : vec2(0.06)), MOTTLE), BIAS);

    float tone = detail.r * 2.0;
    vec3 stone = color * tone * mix(vec3(1.0), vec3(1.0, tone, tone), 0.3);
    color = look.x == BRICKS.x ? mix(MORTAR * (0.7 + 0.6 * streaks.b), stone, detail.a) : stone;
    // Rain carries dirt down in streaks, and splashes it up to half a metre (v is metres above the foot of a wall).
    float foot = upright && !by_uv && material != CONCRETE ? clamp(1.0 - v_uv.y * 1.6, 0.0, 1.0) : 0.0;
    float dirt = 0.24 * smoothstep(0.50, 0.80, streaks.g) + 0.30 * foot * streaks.r;
    color *= (0.86 + 0.28 * streaks.a) * (1.0 - dirt);
    color = mix(color, MOSS, material == TILES ? 0.6 * smoothstep(0.62, 0.85, detail.a * 0.5 + streaks.b * 0.5) : 0.0);
    color *= 1.0 - 0.25 * wet;
    vec2 slope = slopes(detail);
    n = normalize(n - slope.x * right - vec3(0.0, 0.0, slope.y));
}
