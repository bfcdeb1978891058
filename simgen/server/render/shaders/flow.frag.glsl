// Pixels right and down since before.
in vec3 v_now;
in vec3 v_before;
out vec2 out_flow;
uniform vec2 size;
#if CUTOUT
#include "cutout.glsl"
in vec2 v_uv;
flat in uint v_material;
#endif

void main() {
#if CUTOUT
    if (is_hole(v_material, card_at(v_material, v_uv).a, gl_FragCoord.xy)) discard;
#endif
    out_flow = (v_now.xy / v_now.z - v_before.xy / max(v_before.z, 1e-3)) * 0.5 * size;
}
