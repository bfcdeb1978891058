// Pixels right and down since before.
in vec3 v_now;
in vec3 v_before;
out vec2 out_flow;
uniform vec2 size;

void main() {
    out_flow = (v_now.xy / v_now.z - v_before.xy / max(v_before.z, 1e-3)) * 0.5 * size;
}
