// Two cascades side by side; four taps each. Positions and rows are relative to the camera.
uniform sampler2DShadow shadow_map;
uniform vec4 map_x0;
uniform vec4 map_y0;
uniform vec4 map_z0;
uniform vec4 map_x1;
uniform vec4 map_y1;
uniform vec4 map_z1;
uniform float shadow_texel; // in map coordinates, vertically
uniform vec2 shadow_lift;   // metres along the normal for each cascade

float shadow(vec3 relative, vec3 n) {
    vec4 p = vec4(relative + n * shadow_lift.x, 1.0);
    vec3 at = vec3(dot(map_x0, p), dot(map_y0, p), dot(map_z0, p) + 0.5);
    float half_map = 0.0;
    bool inside = max(abs(at.x), abs(at.y)) < 0.98;
    vec4 q = vec4(relative + n * shadow_lift.y, 1.0);
    vec3 wide = vec3(dot(map_x1, q), dot(map_y1, q), dot(map_z1, q) + 0.5);
    at = inside ? at : wide;
    half_map = inside ? 0.0 : 0.5;
    vec3 t = vec3(at.x * 0.25 + 0.25 + half_map, at.y * 0.5 + 0.5, at.z);
    vec2 e = vec2(0.5, 1.0) * shadow_texel;
    float s = texture(shadow_map, t + vec3(-0.75, -0.35, 0.0) * vec3(e, 1.0));
    s += texture(shadow_map, t + vec3(0.35, -0.75, 0.0) * vec3(e, 1.0));
    s += texture(shadow_map, t + vec3(-0.35, 0.75, 0.0) * vec3(e, 1.0));
    s += texture(shadow_map, t + vec3(0.75, 0.35, 0.0) * vec3(e, 1.0));
    return max(abs(at.x), abs(at.y)) < 0.99 ? s * 0.25 : 1.0;
}
