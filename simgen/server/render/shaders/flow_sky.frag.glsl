// The sky is infinitely far away: only the camera's turning moves it.
in vec3 ray;
out vec2 out_flow;
uniform vec2 size;
uniform vec3 before_x;
uniform vec3 before_y;
uniform vec3 before_w;

void main() {
    vec2 was = vec2(dot(before_x, ray), dot(before_y, ray)) / max(dot(before_w, ray), 1e-3);
    out_flow = gl_FragCoord.xy - (was * 0.5 + 0.5) * size;
}
