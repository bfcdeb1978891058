void finish(inout vec3 color, inout vec3 response, inout vec3 n) {
    color *= 1.0 - 0.15 * wet * (1.0 - response.y); // porous stuff darkens
}
