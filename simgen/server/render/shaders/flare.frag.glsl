in vec2 v_at;
flat in vec3 v_color;
flat in float v_ring;
out vec4 out_color;
uniform vec3 strength;

void main() {
    float r = length(v_at);
    float disc = smoothstep(1.0, 0.0, r);
    out_color = vec4(v_color * strength * mix(disc, smoothstep(1.0, 0.92, r) * smoothstep(0.75, 0.95, r), v_ring), 0.0);
}
