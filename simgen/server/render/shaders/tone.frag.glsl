// From light to display: exposure, bloom, a filmic curve, gamma.
in vec2 uv;
layout(location = 0) out vec4 out_color; // and luma
layout(location = 1) out vec4 out_bgra;
uniform sampler2D light;
#if MOTION
in vec3 ray;
uniform sampler2D depths;
uniform float near;
uniform vec3 before_x; // clip space of the camera when the shutter opened
uniform vec3 before_y;
uniform vec3 before_w;
uniform vec3 before_shift;
uniform float most;    // image widths

vec3 smeared() {
    vec3 was = ray * (near / max(texelFetch(depths, ivec2(gl_FragCoord.xy), 0).r, 1e-6)) + before_shift;
    vec2 before = vec2(dot(before_x, was), dot(before_y, was)) / max(dot(before_w, was), 1e-3) * 0.5 + 0.5;
    vec2 way = clamp(before - uv, -most, most);
    vec3 sum = textureLod(light, uv, 0.0).rgb;
    for (int i = 1; i < 6; i++) sum += textureLod(light, uv + way * (float(i) / 5.0 - 0.5), 0.0).rgb;
    return sum / 6.0;
}
#endif
flat in float exposed;
uniform float inverse_gamma;
uniform vec3 balance;  // white balance
#if FILM
// The curve of light.film.Film over log2 (2: with a straight part between the knees): a knee's place, its steepness, its height and its end.
uniform vec2 film_log;
uniform vec4 film_toe;
uniform vec4 film_shoulder;
uniform vec2 film_straight;
uniform vec2 film_blend;

vec3 knee(vec3 x, vec4 part) {
    return part.w + part.z / (1.0 + exp2((x - part.x) * part.y * 0.43429));
}

vec3 developed(vec3 light) {
    vec3 x = log2(max(light, 1e-6)) * film_log.x + film_log.y;
    vec3 low = knee(x, film_toe), high = knee(x, film_shoulder);
#if FILM == 2
    vec3 straight = x * film_straight.x + film_straight.y;
    low = mix(straight, low, lessThan(x, film_toe.xxx));
    high = mix(straight, high, greaterThan(x, film_shoulder.xxx));
#endif
    vec3 t = clamp((x - film_blend.x) / (film_blend.y - film_blend.x), 0.0, 1.0);
    return mix(low, high, t * t * (3.0 - 2.0 * t));
}
#endif
#if BLOOM
uniform sampler2D bloom;
uniform float bloom_weight;
#endif
#if DUST
uniform float dust;
uniform float seed;
#endif

void main() {
#if MOTION
    vec3 color = smeared() * exposed;
#else
    vec3 color = texelFetch(light, ivec2(gl_FragCoord.xy), 0).rgb * exposed;
#endif
#if BLOOM
    color += textureLod(bloom, uv, 0.0).rgb * bloom_weight;
#endif
    color *= balance;
#if DUST
    vec2 p = fract(gl_FragCoord.xy * vec2(0.1031, 0.0973) + seed);
    p += dot(p, p.yx + 33.33);
    color *= 1.0 + dust * 0.30 * (fract((p.x + p.y) * p.x) - 0.5);
#endif
#if FILM
    color = developed(color);
#endif
    color = clamp(color, 0.0, 1.0);
    color = pow(color, vec3(inverse_gamma));
    out_color = vec4(color, dot(color, vec3(0.299, 0.587, 0.114)));
    out_bgra = vec4(color.bgr, 1.0);
}
