// Ghosts of the sun between the glasses of a lens: discs along the line from the sun through the image's middle.
uniform sampler2D depths;
uniform vec2 sun_at;  // in the image, -1..1
uniform float aspect;
out vec2 v_at;
flat out vec3 v_color;
flat out float v_ring;
const int GHOSTS = 6;
const float ALONG[6] = float[6](-0.35, -0.62, -0.95, -1.35, 0.45, 0.0);
const float SIZE[6] = float[6](0.06, 0.10, 0.05, 0.22, 0.035, 0.55);
const vec3 COLOR[6] = vec3[6](vec3(0.5, 0.8, 1.0), vec3(0.9, 0.7, 0.4), vec3(0.4, 0.9, 0.6), vec3(0.35, 0.45, 0.9), vec3(0.9, 0.5, 0.4), vec3(0.5, 0.45, 0.4));

void main() {
    float open = 0.0;
    for (int i = 0; i < 13; i++) {
        float turn = float(i) * 2.39996;
        vec2 at = sun_at * 0.5 + 0.5 + vec2(cos(turn), sin(turn) * aspect) * 0.006 * sqrt(float(i) / 12.0);
        bool inside = max(abs(at.x - 0.5), abs(at.y - 0.5)) < 0.5;
        open += inside && textureLod(depths, at, 0.0).r <= 0.0 ? 1.0 / 13.0 : 0.0;
    }
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    float along = gl_InstanceID == 5 ? 1.0 : ALONG[gl_InstanceID];
    v_at = corner;
    v_ring = gl_InstanceID == 3 ? 1.0 : 0.0;
    v_color = COLOR[gl_InstanceID] * open / (1.0 + 40.0 * SIZE[gl_InstanceID]);
    gl_Position = vec4(sun_at * along + corner * SIZE[gl_InstanceID] * vec2(1.0, aspect), 0.5, open > 0.0 ? 1.0 : -1.0);
}
