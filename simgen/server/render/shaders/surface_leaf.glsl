// Crowns, cards of leaves, lattices.
void finish(inout vec3 color, inout vec3 response, inout vec3 n) {
    uint material = v_identity.w;
    // Closed crowns and hedges wear a carpet of leaves, laid on from the side that they face most.
    vec3 facing = abs(n);
    bool top = facing.z > max(facing.x, facing.y);
    vec2 side = facing.x > facing.y ? v_world.yz : v_world.xz;
    vec2 carpet = mod((top ? v_world.xy : side) * 0.8, 64.0) + vec2(CARPET_U, 0.0);
    vec4 card = card_at(material, material == LEAF_CARD || material == LATTICE ? v_uv : carpet);
    if (is_hole(material, card.a, gl_FragCoord.xy)) discard;
    n = material != LATTICE || gl_FrontFacing ? n : -n; // cards of leaves are shaded like the crown that they belong to
    vec3 leaf = color * card.r * 2.2 * (vec3(1.0) + (card.g - 0.5) * vec3(0.9, 0.2, -0.4));
    leaf *= material == LEAF_CARD ? 1.0 : 0.25 + 0.75 * card.a;
    color = material == LATTICE ? color * card.r * 2.0 : leaf;
}
