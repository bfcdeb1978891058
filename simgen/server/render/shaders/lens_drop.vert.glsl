// A drop of water on the lens, which creeps downwards and is gone after a while.
uniform float time;
uniform float aspect;
out vec2 v_at;
flat out float v_alpha;
const float LASTS = 5.0;

float hash(float n) {
    return fract(sin(n) * 43758.5453);
}

void main() {
    float number = float(gl_InstanceID), life = time / LASTS + hash(number * 2.3 + 0.4);
    float age = fract(life), drop = mod(floor(life), 512.0) * 3.77 + number * 1.913;
    vec2 place = vec2(hash(drop), hash(drop + 5.1)) * 2.0 - 1.0;
    float size = 0.012 + 0.035 * hash(drop + 9.7) * hash(drop + 2.9);
    place.y += 0.25 * age * age * size / 0.047; // row 0 of the image is at -1
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    v_at = corner;
    v_alpha = smoothstep(0.0, 0.04, age) * smoothstep(1.0, 0.7, age);
    gl_Position = vec4(place + corner * size * vec2(1.0, aspect * 1.15), 0.5, 1.0);
}
