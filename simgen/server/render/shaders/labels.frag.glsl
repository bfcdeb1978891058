// Ids alone, for cameras that need no colour.
flat in uvec4 v_identity;
layout(location = 0) out uvec4 out_identity;

void main() {
    out_identity = v_identity;
}
