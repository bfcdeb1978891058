// Roads, paving, land. Where uv.x is 4096 or more, uv.y is metres right of the middle of a lane; each 1024 of uv.x is another kind.
const uint MARKING = 2u, GRASS = 3u, PAVING = 35u, COBBLES = 36u, SOIL = 37u, KERB = 41u;
const float LANE = 4096.0, KIND = 1024.0;

vec3 look_of(uint material, float kind) {
    vec3 look = kind == 1.0 ? COARSE_ASPHALT : kind == 2.0 ? CAST : OLD_ASPHALT;
    look = material == GRASS ? (kind == 1.0 ? MEADOW : LAWN) : look;
    look = material == PAVING ? (kind == 1.0 ? BLOCKS : kind == 2.0 ? SQUARES : SLABS) : look;
    look = material == COBBLES ? SETTS : look;
    look = material == SOIL ? EARTH : look;
    return material == KERB ? KERB_STONES : look;
}

void finish(inout vec3 color, inout vec3 response, inout vec3 n) {
    uint material = v_identity.w;
    float lane = step(LANE, v_uv.x);
    float kind = floor((v_uv.x - LANE * lane) / KIND);
    bool laid = material >= PAVING && material != SOIL;
    // Turned, so that its rows never lie along the rows of the image on a road along an axis.
    vec4 detail = detail_at(look_of(material, kind), laid ? v_uv : mat2(0.848, 0.530, -0.530, 0.848) * v_world.xy);
    vec4 broad = texture(details, vec3(v_world.xy * 0.021, MOTTLE), BIAS);
    bool living = material == GRASS;
    vec3 clean = color;
    color *= detail.r * 2.0 * (0.82 + 0.36 * broad.r);
    // Dry and rank patches of grass.
    vec3 dry = vec3(1.0) + (broad.b + 0.5 * broad.g - 0.75) * vec3(0.55, 0.12, 0.10);
    color *= living ? dry : vec3(1.0);

    // Tyres polish and darken two bands of a lane, oil drips between them.
    float across = abs(v_uv.y);
    float band = clamp(1.0 - abs(across - 0.80) * 2.4, 0.0, 1.0), drip = clamp(1.0 - across * 2.6, 0.0, 1.0);
    float worn = lane * (band * band * (3.0 - 2.0 * band) * (0.10 + 0.10 * broad.g) + drip * drip * 0.22 * broad.b);
    color *= 1.0 - worn;

    // Paint wears off stone by stone, more in some places than in others.
    float bare = smoothstep(0.55, 0.80, detail.a * 0.35 + broad.g * 0.45 + detail.r * 0.25);
    color = material == MARKING ? mix(clean * (0.70 + 0.22 * broad.r + 0.9 * (detail.r - 0.5)), vec3(0.085) * detail.r * 2.0, bare * 0.85) : color;

    float paved = living ? 0.0 : 1.0;
    float level = broad.a * 0.6 + detail.a * 0.4;
    float pool = puddles * smoothstep(0.74 - 0.42 * puddles, 0.82 - 0.36 * puddles, level) * paved;
    color *= 1.0 - 0.5 * wet * mix(0.5, 1.0, paved);
    response.x = mix(mix(response.x - worn, 0.32, wet * paved), 0.04, pool);
    response.y = mix(mix(response.y + worn * 0.3, 0.6, wet * paved), 1.0, pool);
    vec2 slope = mat2(0.848, -0.530, 0.530, 0.848) * slopes(detail) * (1.0 - pool);
    n = normalize(n - vec3(laid ? vec2(0.0) : slope, 0.0));
}
