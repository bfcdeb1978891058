// Where a vertex stands, relative to the viewer. Every pass includes this, so that all passes agree to the last bit.
in vec3 in_position;
in vec4 in_row0;
in vec4 in_row1;
in vec4 in_row2;
uniform vec3 clip_x;
uniform vec3 clip_y;
uniform vec3 clip_w;
uniform float near;
invariant gl_Position;

vec3 placed() {
    vec4 p = vec4(in_position, 1.0);
    return vec3(dot(in_row0, p), dot(in_row1, p), dot(in_row2, p));
}

vec4 clipped(vec3 relative) {
    return vec4(dot(clip_x, relative), dot(clip_y, relative), near, dot(clip_w, relative));
}
