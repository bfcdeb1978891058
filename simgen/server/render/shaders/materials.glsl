// Numbers of scene.Material.
const uint ASPHALT = 0u, CONCRETE = 1u, MARKING = 2u, GLASS = 6u, METAL = 9u, HEADLAMP = 10u, LEAF = 15u, LAMP = 17u;
const uint REVERSING_LAMP = 25u, BEACON = 27u, PAVING = 35u, COBBLES = 36u, SOIL = 37u, LEAF_CARD = 38u, KERB = 41u;

bool paved(uint material) {
    return material <= MARKING || material == PAVING || material == COBBLES || material == KERB;
}

// Whether a surface is ground under a film of water.
bool mirrors(uint material, vec3 n, float specular, float roughness) {
    return paved(material) && n.z > 0.8 && specular > 0.2 && roughness < 0.75;
}

// What a lamp sends out: its own colour, deepened as by a filter; white ones hardly.
vec3 lamp_color(uint material, vec3 base) {
    vec3 deep = base * (0.35 + base) * 1.1;
    return material == HEADLAMP || material == REVERSING_LAMP ? vec3(1.0, 0.95, 0.86) : material == LAMP ? vec3(1.0, 0.84, 0.60) : deep;
}
