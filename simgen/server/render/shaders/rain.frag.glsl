in vec2 v_at;
flat in float v_alpha;
out vec4 out_color;
uniform vec3 drop_light;

void main() {
    float alpha = v_alpha * (1.0 - v_at.x * v_at.x) * (1.0 - v_at.y * v_at.y);
    out_color = vec4(drop_light, alpha * 0.8);
}
