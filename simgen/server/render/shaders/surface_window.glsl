// Window panes of buildings: a room behind each, with curtains or blinds, lit or not by night. A pane's first corner is its lower left.
void finish(inout vec3 color, inout vec3 response, inout vec3 n) {
    float pane = hash(floor(v_anchor.xy * 8.0) + v_anchor.z * 3.1);
    float other = fract(pane * 31.7), third = fract(pane * 173.3);
    vec3 right = vec3(normalize(vec2(-n.y, n.x) + 1e-5), 0.0);
    vec3 away = v_relative;
    vec3 ray = vec3(dot(right, away), away.z, max(-dot(n, away), 1e-3)); // right, up, inwards
    vec3 from = vec3(dot(right, v_world - v_anchor), v_world.z - v_anchor.z, 0.0);
    vec3 low = vec3(-1.4 + other, -0.95, 0.0), high = vec3(2.0 + third, 1.9, 3.0 + 2.0 * other);
    vec3 steps = (mix(low, high, greaterThan(ray, vec3(0.0))) - from) / (ray + vec3(1e-5));
    float nearest = min(min(steps.x, steps.y), steps.z);
    vec3 at = from + ray * nearest;

    vec3 paper = mix(vec3(0.62, 0.54, 0.42), vec3(0.52, 0.55, 0.56), third);
    vec3 room = nearest == steps.z ? paper : paper * 0.8;
    room = nearest == steps.y ? (ray.y > 0.0 ? vec3(0.75) : vec3(0.25, 0.17, 0.11)) : room;
    float cupboard = step(abs(at.x - 0.2 - other), 0.55) * step(at.y, 0.2 + 0.8 * third) * step(1.0, at.z);
    room *= 1.0 - 0.65 * cupboard;
    vec3 to_lamp = at - vec3(0.5 * (low.xy + high.xy) + vec2(0.0, 0.9), 0.5 * high.z);
    float glow = 0.25 + 1.0 / (1.0 + 0.7 * dot(to_lamp, to_lamp));

    float folds = 0.85 + 0.15 * sin(from.x * 37.0) * clamp(1.5 - 0.04 * length(away), 0.0, 1.0);
    float blind = step(0.35 + third, from.y) * step(other, 0.28);            // rolled down to somewhere
    float curtain = step(from.x, 0.16 + 0.24 * third) * step(0.45, other);   // drawn to one side
    float net = step(0.72, other) * 0.85;                                    // net curtains over the whole pane
    float cover = max(blind, max(curtain, net));
    vec3 cloth = mix(vec3(0.55, 0.52, 0.46), vec3(0.42, 0.32, 0.26), step(0.6, third)) * folds;

    float lit = step(0.60, pane) * night;
    vec3 lamp = mix(vec3(1.0, 0.72, 0.42), vec3(0.95, 0.93, 0.88), step(0.55, fract(pane * 57.0)));
    vec3 day = mix(color * 0.5 + room * 0.05, max(color, cloth * 0.30), cover);
    color = mix(day, mix(room * glow, cloth * 0.75, cover) * lamp, lit);
    response.z = max(response.z, lit * (0.12 + 0.12 * third));
    response.y *= mix(1.0, 0.8, cover);
}
