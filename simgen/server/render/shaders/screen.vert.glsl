// One triangle over the whole target. `uv` is 0..1 with row 0 of the image at 0; `ray` times planar depth is the position
// relative to the camera. METERED: `exposed` is the exposure that the meter has found.
out vec2 uv;
out vec3 ray;
uniform vec3 ray_x;
uniform vec3 ray_y;
uniform vec3 ray_w;
#ifdef METERED
uniform sampler2D exposure;
flat out float exposed;
#endif

void main() {
    vec2 p = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
    uv = p * 0.5 + 0.5;
    ray = ray_x * p.x + ray_y * p.y + ray_w;
#ifdef METERED
    exposed = texelFetch(exposure, ivec2(0), 0).r;
#endif
    gl_Position = vec4(p, 0.0, 1.0); // at infinity: a depth test tells sky from surfaces
}
