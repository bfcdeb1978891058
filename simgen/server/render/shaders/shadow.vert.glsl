// Orthographic, along the sun's rays; casters beyond the range are pressed onto its near side.
in vec3 in_position;
in vec4 in_row0;
in vec4 in_row1;
in vec4 in_row2;
uniform vec3 map_x;
uniform vec3 map_y;
uniform vec3 map_z;
#if CUTOUT
in vec2 in_uv;
in vec4 in_normal;
out vec2 v_uv;
flat out uint v_material;
#endif

void main() {
    vec4 p = vec4(in_position, 1.0);
    vec3 relative = vec3(dot(in_row0, p), dot(in_row1, p), dot(in_row2, p));
#if CUTOUT
    v_uv = in_uv;
    v_material = uint(in_normal.w);
#endif
    gl_Position = vec4(dot(map_x, relative), dot(map_y, relative), max(dot(map_z, relative) + 0.5, 0.0), 1.0);
}
