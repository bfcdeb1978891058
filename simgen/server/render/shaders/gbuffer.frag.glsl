// What a surface is made of. CLASS: 0 plain, 1 facade, 2 ground, 3 leaf, as SurfaceClass.
#include "octahedron.glsl"
in vec3 v_normal;
in vec3 v_world;
in vec2 v_uv;
flat in vec3 v_color;
flat in vec3 v_response;
flat in uvec4 v_identity;
flat in vec3 v_anchor;
layout(location = 0) out vec4 out_albedo;    // square root of the linear colour, roughness
layout(location = 1) out vec4 out_normal;    // folded normal, specular, emission
layout(location = 2) out uvec4 out_identity; // tag, id low, id high, material
uniform sampler2DArray details;              // layers: asphalt, slabs, brick, plaster, grass, noise; 0.5 leaves the colour as it is
uniform float night;
uniform float wet;     // 0..1 film of water
uniform float puddles; // 0..1 share of the ground under water
const float BIAS = -0.6;

float hash(vec2 p) {
    p = fract(p * vec2(123.34, 345.45));
    p += dot(p, p + 34.345);
    return fract(p.x * p.y);
}

#if CLASS == 0
void finish(inout vec3 color, inout vec3 response) {
    color *= 1.0 - 0.15 * wet * (1.0 - response.y); // porous stuff darkens
}
#elif CLASS == 1
void finish(inout vec3 color, inout vec3 response) {
    bool glass = v_identity.w == 6u;
    vec2 along = vec2(dot(normalize(vec2(-v_normal.y, v_normal.x) + 1e-5), v_world.xy), v_world.z);
    float brick = step(1.35 * v_color.b, v_color.r);
    float pane = hash(floor(v_anchor.xy * 8.0) + v_anchor.z * 3.1);
    vec4 detail = texture(details, vec3(along * mix(0.25, 0.5, brick), 3.0 - brick), BIAS);
    float stain = texture(details, vec3(along * vec2(0.05, 0.02), 5.0), BIAS).r;
    vec3 wall = color * detail.rgb * 2.0 * (0.82 + 0.36 * stain);
    float lit = step(0.60, pane) * night;
    vec3 room = mix(vec3(1.0, 0.78, 0.48), vec3(0.95, 0.92, 0.85), step(0.5, fract(pane * 31.0)));
    room *= 0.30 + 0.70 * hash(floor(along * vec2(1.7, 2.6) + pane * 7.0)) * stain * 1.6; // furniture, roughly
    color = glass ? mix(color * (0.8 + 0.4 * stain), room, lit) : wall * (1.0 - 0.25 * wet);
    response.z = glass ? lit * (0.08 + 0.10 * fract(pane * 17.0)) : response.z;
}
#elif CLASS == 2
const vec2 LAYER_AND_SCALE[4] = vec2[4](vec2(0.0, 0.28), vec2(1.0, 0.25), vec2(0.0, 0.28), vec2(4.0, 0.22));

void finish(inout vec3 color, inout vec3 response) {
    vec2 layer = LAYER_AND_SCALE[v_identity.w];
    vec4 detail = texture(details, vec3(v_world.xy * layer.y, layer.x), BIAS);
    vec4 broad = texture(details, vec3(v_world.xy * 0.021, 5.0), BIAS);
    color *= detail.rgb * 2.0 * (0.80 + 0.40 * broad.r);
    float paved = v_identity.w == 3u ? 0.0 : 1.0;
    float worn = v_identity.w == 2u ? smoothstep(0.52, 0.72, detail.a * 0.5 + broad.g * 0.5) : 0.0;
    color = mix(color, vec3(0.09), worn * 0.75);
    float level = broad.a * 0.6 + detail.a * 0.4;
    float pool = puddles * smoothstep(0.74 - 0.42 * puddles, 0.82 - 0.36 * puddles, level) * paved;
    color *= 1.0 - 0.5 * wet * mix(0.5, 1.0, paved);
    response.x = mix(mix(response.x, 0.32, wet * paved), 0.04, pool);
    response.y = mix(mix(response.y, 0.6, wet * paved), 1.0, pool);
}
#else
void finish(inout vec3 color, inout vec3 response) {
    vec4 speckle = texture(details, vec3(v_world.xy * 0.9 + v_world.z * vec2(0.53, -0.61), 5.0), BIAS);
    color *= 0.35 + 0.75 * speckle.b + 0.55 * speckle.r;
}
#endif

void main() {
    vec3 n = normalize(v_normal);
#if CLASS == 3
    n = gl_FrontFacing ? n : -n;
#endif
    vec3 color = v_color;
    vec3 response = v_response;
    finish(color, response);
    out_albedo = vec4(sqrt(clamp(color, 0.0, 1.0)), response.x);
    out_normal = vec4(fold(n), response.yz);
    out_identity = v_identity;
}
