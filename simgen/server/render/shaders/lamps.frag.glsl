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
    float ahead = dot(v_from, v_aim.xy);
    float angle = abs(dot(v_from, vec2(-v_aim.y, v_aim.x))) / max(ahead, 0.1);
    float cone = smoothstep(0.55, 0.10, angle) * smoothstep(0.3, 3.0, ahead);
    float fade = 1.0 / (1.0 + d * d / 110.0);
    float cube = pow(d * d + v_place.z * v_place.z, 1.5);
    float down = v_aim.w > 0.5 ? cone * fade * 0.22 : v_place.z / cube;
    float side = v_aim.w > 0.5 ? cone * fade : d / cube;
    float bright = dot(v_color.rgb, vec3(0.3, 0.6, 0.1));
    out_light = vec4(v_color.rgb * down * window, 1.0);
    vec2 towards = -v_from / max(d, 0.01);
    float weight = bright * (down + side) * window;
    out_flux = vec4(towards * side * window * bright, v_color.a * weight, weight);
}
