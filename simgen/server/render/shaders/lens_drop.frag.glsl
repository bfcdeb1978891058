// Out of focus; it shows the world upside down: bright below and dark above.
in vec2 v_at;
flat in float v_alpha;
out vec4 out_color;
uniform vec3 drop_light;

void main() {
    float r2 = dot(v_at, v_at);
    vec3 color = drop_light * mix(0.18, 0.85, smoothstep(-0.5, 0.7, v_at.y));
    out_color = vec4(color, v_alpha * 0.5 * smoothstep(1.0, 0.55, r2));
}
