// Depth 1 where a pixel stands out from its neighbours and 0 elsewhere: smoothing then pays for edges only.
uniform sampler2D source; // alpha: luma
const ivec2 UP = ivec2(0, 1), RIGHT = ivec2(1, 0);

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy), last = textureSize(source, 0) - 1;
    float m = texelFetch(source, pixel, 0).a;
    float n = texelFetch(source, min(pixel + UP, last), 0).a, s = texelFetch(source, max(pixel - UP, ivec2(0)), 0).a;
    float e = texelFetch(source, min(pixel + RIGHT, last), 0).a, w = texelFetch(source, max(pixel - RIGHT, ivec2(0)), 0).a;
    float high = max(max(m, max(n, s)), max(e, w)), low = min(min(m, min(n, s)), min(e, w));
    gl_FragDepth = high - low > max(0.05, high * 0.12) ? 1.0 : 0.0;
}
