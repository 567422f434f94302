/**
 * The shader of all blocks: one instance is one slab, and its cells are drawn from the heap of values.
 *
 * From far to near a cell is an averaged tone, a colour, and a figure: a disc whose area is the
 * magnitude when positive, a ring when negative. What is no number is marked: NaN by a cross in the
 * colour of warnings, +infinity by an upright cross, -infinity by a bar; a cell without a value is hollow.
 */
import { MARK } from "../scene/heap";
import { HEAD, PLACE } from "./glsl";

export const cellVertex = /* glsl */ `
${HEAD}
${PLACE}
in vec3 position;
in vec3 normal;
in vec3 corner;
in vec2 size;
in vec4 look;      // role, 1 / scale, finest level, last level
in uint base;
in float involved;
uniform vec3 negative[4];
uniform vec3 zero[4];
uniform vec3 positive[4];
uniform vec3 ink[4];
uniform float dim;
out vec3 at;       // columns, rows, depth
flat out vec3 facing;
flat out vec2 cells;
flat out vec3 scaleAndLevels;
flat out float fade;
flat out int start;
flat out vec3 low;
flat out vec3 mid;
flat out vec3 high;
flat out vec3 edge;
void main() {
  at = vec3(position.xy * size, position.z);
  cells = size;
  facing = normal;
  int role = int(look.x);
  low = negative[role];
  mid = zero[role];
  high = positive[role];
  edge = ink[role];
  scaleAndLevels = look.yzw;
  start = int(base);
  fade = dim * (1.0 - involved);
  gl_Position = place(corner + vec3(at.xy, position.z));
}
`;

export const cellFragment = /* glsl */ `
${HEAD}
uniform sampler2D heap;
uniform int heapWidth;
uniform vec3 background;
uniform vec3 empty;
uniform vec3 warning;
uniform float night;
in vec3 at;
flat in vec3 facing;
flat in vec2 cells;
flat in vec3 scaleAndLevels;
flat in float fade;
flat in int start;
flat in vec3 low;
flat in vec3 mid;
flat in vec3 high;
flat in vec3 edge;
out vec4 colour;

const float NAN_MARK = ${(MARK.nan - 0.5).toFixed(1)};
const float PLUS_MARK = ${(MARK.plusInfinity - 0.5).toFixed(1)};

vec2 pairAt(int from, ivec2 n, ivec2 cell) {
  cell = clamp(cell, ivec2(0), n - 1);
  int i = from + cell.y * n.x + cell.x;
  return texelFetch(heap, ivec2(i % heapWidth, i / heapWidth), 0).rg;
}

// Small magnitudes must be told apart too: steep at zero, 1 at 1. Also in scene/tone.ts.
vec2 tone(vec2 x) { x = min(x, 1.0); return x * 1.6 / (x + 0.6); }

// The colour of the pair (mean, rms) of the cells that a texel stands for. far: 0 at single cells.
vec3 paint(vec2 pair, float far) {
  if (pair.y < 0.0) {
    if (pair.y > -1.5) return mix(background, empty, 0.75);
    if (pair.y > NAN_MARK) return warning;
    if (pair.y > PLUS_MARK) return mix(high, edge, 0.5);
    return mix(empty, mid, 0.22);
  }
  vec2 scaled = pair * scaleAndLevels.x;
  // Mean magnitude of a normal distribution with this mean and rms; exact for a single cell.
  float size = sqrt(0.6366 * scaled.y * scaled.y + 0.3634 * scaled.x * scaled.x);
  vec2 parts = tone(max(vec2(size + scaled.x, size - scaled.x), 0.0) * 0.5);
  // Opposite halves of noise would cancel out: from afar the negative one weighs less.
  return mid + parts.x * (high - mid) + parts.y * mix(1.0, 0.35, far) * (low - mid);
}

float line(float distancePx, float halfWidthPx) {
  return 1.0 - smoothstep(halfWidthPx - 0.5, halfWidthPx + 0.5, distancePx);
}

void main() {
  bool front = facing.z < -0.5;
  vec2 c = at.xy;
  vec2 dx = dFdx(c), dy = dFdy(c);
  // Cells per pixel along each side; guarded, for a division by 0 makes whole blocks NaN.
  vec2 perPx = clamp(sqrt(dx * dx + dy * dy), 1e-4, 1e4);
  float foot = max(perPx.x, perPx.y);

  float finest = scaleAndLevels.y, last = scaleAndLevels.z;
  float lod = clamp(log2(foot) + 0.35, finest, last);
  float level = floor(lod);
  ivec2 n = (ivec2(cells) + ((1 << int(finest)) - 1)) >> int(finest);
  int from = start;
  for (int l = int(finest); l < int(level); l++) {
    from += n.x * n.y;
    n = (n + 1) >> 1;
  }
  vec2 c0 = c * exp2(-level), w0 = perPx * exp2(-level);
  vec2 f = c0 - 0.5;
  ivec2 cell = ivec2(floor(c0));
  vec2 pair = pairAt(from, n, cell);
  vec2 t = clamp((fract(f) - 0.5) / w0 + 0.5, 0.0, 1.0);
  if (any(notEqual(t, step(0.5, t)))) {
    ivec2 o = ivec2(floor(f));
    vec2 a = pairAt(from, n, o), b = pairAt(from, n, o + ivec2(1, 0));
    vec2 d = pairAt(from, n, o + ivec2(0, 1)), e = pairAt(from, n, o + 1);
    if (min(min(a.y, b.y), min(d.y, e.y)) >= 0.0) pair = mix(mix(a, b, t.x), mix(d, e, t.x), t.y);
  }
  float between = lod - level;
  if (between > 0.02 && level < last) {
    vec2 coarse = pairAt(from + n.x * n.y, (n + 1) >> 1, ivec2(floor(c0 * 0.5)));
    if (pair.y >= 0.0 && coarse.y >= 0.0) pair = mix(pair, coarse, between);
  }
  vec3 face = paint(pair, smoothstep(0.0, 2.5, lod));

  vec2 px = 1.0 / perPx;                 // pixels per cell
  float cellPx = min(px.x, px.y);
  vec3 groove = mix(mid, night > 0.5 ? background : edge, night > 0.5 ? 0.85 : 0.55);
  if (front) {
    // A figure in each cell.
    float near = smoothstep(9.0, 15.0, cellPx);
    if (near > 0.0 && finest < 0.5) {
      float room = smoothstep(40.0, 48.0, cellPx);   // for the printed value below
      vec2 q = fract(c) - 0.5 + vec2(0.0, 0.13 * room);
      float aa = 0.75 / cellPx;
      float r = length(q);
      if (pair.y >= 0.0) {
        float m = clamp(abs(pair.x) * scaleAndLevels.x, 0.0, 1.0);
        float radius = mix(0.40, 0.27, room) * sqrt(m);
        float ring = max(0.13 * radius + 0.02, 1.3 / cellPx);
        float disc = 1.0 - smoothstep(radius - aa, radius + aa, r);
        bool isNegative = pair.x < 0.0;
        if (isNegative) disc *= smoothstep(radius - ring - aa, radius - ring + aa, r);
        disc *= smoothstep(0.0, 0.6 / cellPx, radius);
        vec3 field = mix(mid, face, 0.38);
        vec3 figure = isNegative ? low : high;
        face = mix(face, mix(field, figure, disc), near);
      } else if (pair.y > -1.5) {
        vec2 s = abs(fract(c) - 0.5);
        float box = max(s.x, s.y);
        float frame = line(abs(box - 0.30) * cellPx, 0.6);
        face = mix(face, mix(empty, edge, 0.25), frame * 0.6 * near);
      } else {
        vec2 s = abs(q);
        float bar = line(s.y * cellPx, max(1.0, 0.045 * cellPx)) * step(s.x, 0.24);
        if (pair.y > NAN_MARK) bar = line(abs(s.x - s.y) * 0.707 * cellPx, max(1.0, 0.06 * cellPx)) * step(r, 0.3);
        else if (pair.y > PLUS_MARK) bar = max(bar, line(s.x * cellPx, max(1.0, 0.045 * cellPx)) * step(s.y, 0.24));
        face = mix(face, pair.y > PLUS_MARK ? background : edge, bar * near);
      }
    }
    // Cell grid: thin lines that fade with distance, a stronger one every 16 cells.
    vec2 toLine = (0.5 - abs(fract(c) - 0.5)) * px;
    vec2 toBig = (0.5 - abs(fract(c / 16.0) - 0.5)) * 16.0 * px;
    float thin = max(line(toLine.x, 0.5) * smoothstep(3.0, 9.0, px.x), line(toLine.y, 0.5) * smoothstep(3.0, 9.0, px.y));
    float big = max(line(toBig.x, 0.75) * smoothstep(1.6, 6.0, px.x), line(toBig.y, 0.75) * smoothstep(1.6, 6.0, px.y));
    face = mix(face, groove, max(thin * 0.30, big * 0.55));
    // The rim of the slab.
    vec2 toRim = min(c, cells - c) * px;
    vec2 sizePx = cells * px;
    float rim = max(line(toRim.x, 1.0) * smoothstep(2.5, 8.0, sizePx.x), line(toRim.y, 1.0) * smoothstep(2.5, 8.0, sizePx.y));
    face = mix(face, mix(edge, background, night > 0.5 ? 0.45 : 0.25), rim * 0.85);
  } else {
    bool top = abs(facing.y) > 0.5;
    face = mix(face, mid, 0.35);
    face = top ? mix(face, vec3(1.0), night > 0.5 ? 0.10 : 0.30) : mix(face, edge, night > 0.5 ? 0.0 : 0.22) * (night > 0.5 ? 0.62 : 0.92);
    float along = top ? c.x : c.y;
    float alongPx = top ? px.x : px.y;
    float cut = line((0.5 - abs(fract(along) - 0.5)) * alongPx, 0.5) * smoothstep(4.0, 10.0, alongPx);
    face = mix(face, groove, cut * 0.3);
  }
  colour = vec4(mix(face, background, fade), 1.0);
}
`;
