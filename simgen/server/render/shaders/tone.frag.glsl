// From light to display: exposure, a filmic curve, gamma. RAIN draws streaks and takes contrast.
in vec2 uv;
out vec4 out_color;
uniform sampler2D light;
uniform float exposure;
uniform float inverse_gamma;
uniform float rain;
uniform float time;
uniform vec2 size;

vec3 filmic(vec3 x) { // fit of the ACES curve by K. Narkowicz
    return clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0);
}

#if RAIN
float hash(vec2 p) {
    p = fract(p * vec2(123.34, 345.45));
    p += dot(p, p + 34.345);
    return fract(p.x * p.y);
}

float streaks(vec2 pixel, float scale) {
    vec2 p = pixel / size.y * scale;
    p.x += p.y * 0.06;
    float column = floor(p.x * 90.0);
    float fall = p.y * 3.0 + hash(vec2(column, scale)) * 17.0 - time * 23.0;
    float drop = hash(vec2(column, floor(fall)));
    float across = abs(fract(p.x * 90.0) - 0.5) * 2.0;
    return step(1.0 - 0.09 * rain, drop) * smoothstep(0.0, 0.5, fract(fall)) * smoothstep(1.0, 0.5, fract(fall)) * (1.0 - across);
}
#endif

void main() {
    vec3 color = texelFetch(light, ivec2(gl_FragCoord.xy), 0).rgb * exposure;
#if RAIN
    float grey = dot(color, vec3(0.3, 0.6, 0.1));
    color = mix(color, vec3(grey) * vec3(0.96, 1.0, 1.04), 0.25 * rain);
    color += (0.02 + 0.35 * grey) * (0.30 * streaks(gl_FragCoord.xy, 1.0) + 0.22 * streaks(gl_FragCoord.xy, 1.9));
#endif
    color = pow(filmic(color), vec3(inverse_gamma));
    out_color = vec4(color, 1.0);
}
