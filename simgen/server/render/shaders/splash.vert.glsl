// A splash where a drop has just hit something level: at a pixel chosen anew for each drop.
#include "octahedron.glsl"
uniform sampler2D depths;
uniform sampler2D normals;
uniform vec3 clip_x;
uniform vec3 clip_y;
uniform vec3 clip_w;
uniform vec3 ray_x;
uniform vec3 ray_y;
uniform vec3 ray_w;
uniform float near;
uniform float time;
uniform vec2 scale; // image shares (of half an image) that a metre at a metre's distance spans
out vec2 v_at;
flat out float v_alpha;
const float LASTS = 0.16, FARTHEST = 16.0;

float hash(float n) {
    return fract(sin(n) * 43758.5453);
}

void main() {
    float number = float(gl_InstanceID), life = time / LASTS + hash(number * 1.7);
    float age = fract(life), drop = mod(floor(life), 512.0) * 7.31 + number * 0.917;
    // More of the ground lies low in the image, but what is near takes more of it.
    vec2 at = vec2(hash(drop), 1.0 - 0.62 * pow(hash(drop + 11.3), 1.6));
    ivec2 pixel = ivec2(at * vec2(textureSize(depths, 0)));
    float depth = near / max(texelFetch(depths, pixel, 0).r, 1e-7);
    bool level = unfold(texelFetch(normals, pixel, 0).rg).z > 0.85 && depth < FARTHEST;
    vec3 place = (ray_x * (at.x * 2.0 - 1.0) + ray_y * (at.y * 2.0 - 1.0) + ray_w) * depth + vec3(0.0, 0.0, 0.012 + 0.03 * age);
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    float w = dot(clip_w, place);
    vec2 size = scale * (0.008 + 0.022 * age) * vec2(1.0, 0.6);
    v_at = corner;
    v_alpha = level ? (1.0 - age) * 0.38 : 0.0;
    gl_Position = vec4(dot(clip_x, place) + corner.x * size.x, dot(clip_y, place) + corner.y * size.y, near, level ? w : -1.0);
}
