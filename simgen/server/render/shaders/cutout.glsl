// The holes of leaf cards and lattices. Every pass that draws the leaf class includes this, so that all of them cut alike.
// A card's u in [k, k + 1) chooses the kind of leaves k: 0 broad, 1 small, 2 needles, 3 hedge.
// Beyond them lies the carpet of leaves that wraps, for closed crowns.
#include "details.glsl"
const float CARPET_U = 4.0;
const uint LEAF_CARD = 38u, LATTICE = 39u;

// What is on the card at (u, v), in metres for a lattice.
vec4 card_at(uint material, vec2 place) {
    float kind = clamp(floor(place.x), 0.0, 4.0);
    vec3 leaf = vec3(place, FIRST_LEAVES + kind);
    vec3 wire = vec3(place * CHAIN_LINK.yz, CHAIN_LINK.x);
    return texture(details, material == LATTICE ? wire : leaf, BIAS);
}

// Far away a pixel holds leaves and holes; it is then one or the other, by a fixed pattern on the image.
bool is_hole(uint material, float alpha, vec2 pixel) {
    float pattern = fract(52.9829 * fract(dot(pixel, vec2(0.06711, 0.00584))));
    float edge = material == LATTICE ? 0.12 + 0.7 * pattern : 0.32 + 0.3 * pattern;
    return material >= LEAF_CARD && material <= LATTICE && alpha < edge;
}
