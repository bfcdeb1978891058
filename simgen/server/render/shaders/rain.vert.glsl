// A streak of rain: a drop's way while the shutter is open, in a box around the viewer that its neighbours continue.
uniform vec3 clip_x;
uniform vec3 clip_y;
uniform vec3 clip_w;
uniform float near;
uniform vec3 box;      // metres
uniform vec3 shift;    // of the drops in the box: the viewer's place and the fall
uniform vec3 way;      // metres while the shutter is open
uniform float pixel;   // size at one metre
out vec2 v_at;
flat out float v_alpha;

float hash(float n) {
    return fract(sin(n) * 43758.5453);
}

void main() {
    float number = float(gl_InstanceID);
    vec3 seed = vec3(hash(number * 1.37 + 0.1), hash(number * 2.11 + 0.7), hash(number * 0.73 + 0.3));
    vec3 drop = (fract(seed + shift) - 0.5) * box;
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    float away = length(drop);
    float wide = max(0.0035, away * pixel * 0.9);
    vec3 side = normalize(cross(way, drop)) * wide;
    vec3 p = drop + way * (corner.y - 0.5) * (0.7 + 0.6 * seed.x) + side * (corner.x - 0.5);
    v_at = corner * 2.0 - 1.0;
    v_alpha = 0.0035 / wide * smoothstep(0.5, 1.5, away) * (0.5 + 0.5 * seed.y);
    gl_Position = vec4(dot(clip_x, p), dot(clip_y, p), near, dot(clip_w, p));
}
