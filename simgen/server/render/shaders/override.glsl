// Textures that clients put on objects: seen from the side that a surface faces most, 2 m to the tile, upright and not mirrored.
#if TEXTURED
flat in int v_layer;
in vec3 v_local;
in vec3 v_facing;
uniform sampler2DArray overrides;

vec3 overridden(vec3 color) {
    vec3 n = abs(v_facing);
    vec3 side = sign(v_facing);
    bool along_x = n.x > max(n.y, n.z), along_y = !along_x && n.y > n.z;
    vec2 at = along_x ? vec2(-side.x * v_local.y, -v_local.z) : along_y ? vec2(side.y * v_local.x, -v_local.z) : v_local.yx * vec2(1.0, -1.0);
    // Where the side changes, the derivatives of `at` jump, those of the place do not.
    float texels = max(length(dFdx(v_local)), length(dFdy(v_local))) * 0.5 * float(textureSize(overrides, 0).x);
    vec3 worn = textureLod(overrides, vec3(at * 0.5, float(v_layer)), log2(max(texels, 1e-6))).rgb;
    return v_layer < 0 ? color : worn * worn;
}
#else
vec3 overridden(vec3 color) {
    return color;
}
#endif
