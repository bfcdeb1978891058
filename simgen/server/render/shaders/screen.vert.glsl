// One triangle over the whole target. `uv` is 0..1 with row 0 of the image at 0; `ray` times planar depth is the position
// relative to the camera.
out vec2 uv;
out vec3 ray;
uniform vec3 ray_x;
uniform vec3 ray_y;
uniform vec3 ray_w;

void main() {
    vec2 p = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
    uv = p * 0.5 + 0.5;
    ray = ray_x * p.x + ray_y * p.y + ray_w;
    gl_Position = vec4(p, 0.5, 1.0);
}
