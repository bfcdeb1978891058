#if CUTOUT
#include "cutout.glsl"
in vec2 v_uv;
flat in uint v_material;
#endif

void main() {
#if CUTOUT
    if (is_hole(v_material, card_at(v_material, v_uv).a, gl_FragCoord.xy)) discard;
#endif
}
