// Ids alone, for cameras that need no colour.
flat in uvec4 v_identity;
layout(location = 0) out uvec4 out_identity;
#if CUTOUT
#include "cutout.glsl"
in vec2 v_uv;
#endif

void main() {
#if CUTOUT
    if (is_hole(v_identity.w, card_at(v_identity.w, v_uv).a, gl_FragCoord.xy)) discard;
#endif
    out_identity = v_identity;
}
