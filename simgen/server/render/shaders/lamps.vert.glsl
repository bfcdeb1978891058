in vec4 in_place;
in vec4 in_aim;
in vec4 in_color;
uniform float reach;
out vec2 v_from; // from the lamp, metres
flat out vec4 v_place;
flat out vec4 v_aim;
flat out vec4 v_color;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    // A beam's square begins at the lamp and lies ahead of it.
    vec2 ahead = in_aim.xy * in_aim.w;
    vec2 across = vec2(-ahead.y, ahead.x);
    v_from = in_aim.w > 0.5 ? ahead * (corner.x * 0.5 + 0.5) * in_place.w + across * corner.y * in_place.w * 0.5 : corner * in_place.w;
    v_place = in_place;
    v_aim = in_aim;
    v_color = in_color;
    gl_Position = vec4((in_place.xy + v_from) / reach, 0.5, 1.0);
}
