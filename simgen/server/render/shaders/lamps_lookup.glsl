uniform sampler2D lamp_light_map;
uniform sampler2D lamp_flux_map;
uniform vec3 lamp_offset; // from the map's centre to the camera
uniform float lamp_scale;

// Light on a surface, and how much lies in the air there.
vec4 lamp_light(vec3 relative, vec3 n, bool leaf) {
    vec3 p = relative + lamp_offset;
    vec2 at = p.xy * lamp_scale;
    vec3 light = texture(lamp_light_map, at + 0.5).rgb;
    vec4 flux = texture(lamp_flux_map, at + 0.5);
    float bright = max(dot(light, vec3(0.3, 0.6, 0.1)), 1e-5);
    float top = flux.z / max(flux.w, 1e-6);
    float below = 1.0 - smoothstep(top - 0.8, top + 1.2, p.z);
    float side = leaf ? 0.5 * length(flux.xy) : max(dot(n.xy, flux.xy), 0.0);
    // A little comes back from all around, also above the lamps.
    vec3 sum = light * ((max(n.z, 0.0) + side / bright) * below + 0.10 * (0.3 + 0.7 * below));
    return vec4(max(abs(at.x), abs(at.y)) < 0.495 ? sum : vec3(0.0), bright);
}
