// The sky map: a paraboloid of the upper hemisphere. Directions below the horizon read their mirror image.
const float RIM = 0.485;

vec2 sky_place(vec3 d) {
    return d.xy * (RIM / (1.0 + abs(d.z))) + 0.5;
}

vec3 sky_direction(vec2 place) {
    vec2 p = (place - 0.5) / RIM;
    float r = length(p);
    p *= min(r, 1.0) / max(r, 1e-6);
    float r2 = dot(p, p);
    return vec3(2.0 * p, 1.0 - r2) / (1.0 + r2);
}
