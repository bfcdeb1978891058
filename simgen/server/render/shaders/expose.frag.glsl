// The exposure of an image, in one texel: from the mean of the meter's cells.
out float out_exposure;
uniform sampler2D cells;
uniform ivec2 size;
uniform float reference; // logarithm of the light that needs no correction
uniform float share;     // of the difference that the camera makes good
uniform vec2 limits;     // stops of correction, least and greatest
uniform float factor;

void main() {
    float sum = 0.0;
    for (int y = 0; y < size.y; y++) {
        for (int x = 0; x < size.x; x++) sum += texelFetch(cells, ivec2(x, y), 0).r;
    }
    float stops = (reference - sum / float(size.x * size.y)) * share;
    out_exposure = factor * exp2(clamp(stops, limits.x, limits.y));
}
