in vec2 v_at;
flat in float v_alpha;
out vec4 out_color;
uniform vec3 drop_light;

void main() {
    float r = length(v_at);
    out_color = vec4(drop_light, v_alpha * smoothstep(1.0, 0.7, r) * smoothstep(0.15, 0.7, r));
}
