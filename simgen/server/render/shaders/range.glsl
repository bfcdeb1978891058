// Beyond 1000 m everything is sky.
uniform float near;

bool is_sky(float stored) {
    return stored <= near / 1000.0;
}
