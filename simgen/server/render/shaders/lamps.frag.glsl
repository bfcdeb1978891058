// What a lamp sheds on level ground, and the sideways flux that walls catch, with the height up to which there is light.
in vec2 v_from;
flat in vec4 v_place;
flat in vec4 v_aim;
flat in vec4 v_color;
layout(location = 0) out vec4 out_light;
layout(location = 1) out vec4 out_flux; // towards the lamp; height * weight, weight

void main() {
    float d = length(v_from);
    float window = clamp(1.0 - d * d / (v_place.w * v_place.w), 0.0, 1.0);
    window *= window;
    // A beam: a broad low part near the car, a narrow one far ahead, and a sharp edge beyond neither.
    float ahead = dot(v_from, v_aim.xy);
    float angle = abs(dot(v_from, vec2(-v_aim.y, v_aim.x))) / (max(ahead, 0.0) + 1.2);
    float cone = (0.45 * smoothstep(0.75, 0.05, angle) + 0.85 * smoothstep(0.30, 0.0, angle)) * smoothstep(0.2, 2.5, ahead);
    float fade = 1.0 / (1.0 + d * d / 130.0);
    float cube = pow(d * d + v_place.z * v_place.z, 1.5);
    float down = v_aim.w > 0.5 ? cone * fade * 0.36 : v_place.z / cube;
    float side = v_aim.w > 0.5 ? cone * fade : d / cube;
    window *= v_aim.w < 0.5 && dot(v_aim.xy, v_aim.xy) > 0.1 ? smoothstep(-0.1, 0.5, ahead) : 1.0; // a vehicle's own body is behind
    float bright = dot(v_color.rgb, vec3(0.3, 0.6, 0.1));
    out_light = vec4(v_color.rgb * down * window, 1.0);
    vec2 towards = -v_from / max(d, 0.01);
    float weight = bright * (down + side) * window;
    out_flux = vec4(towards * side * window * bright, v_color.a * weight, weight);
}
