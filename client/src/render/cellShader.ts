/**
 * The shader of all blocks: one instance is one slab (or a block of many, far away), and its cells are
 * drawn from the heap of values. Where there are no values (a structure) every cell is the same.
 *
 * From far to near a cell is an averaged tone, a colour, and a figure: a disc whose area is the
 * magnitude when positive, a ring when negative. What is no number is marked: NaN by a cross in the
 * colour of warnings, +infinity by an upright cross, -infinity by a bar; a cell without a value is hollow.
 *
 * Of a tensor too large to be held whole (PAGED) a page is looked up first: see scene/pages.ts. Where none is
 * here, averages are drawn as one coarse cell each, without a figure: that stands for single numbers only.
 */
import { TILE_SIDE } from "../bundle/tiles";
import { HEAP_WIDTH } from "../scene/heap";
import { CUT, HEAD, PLACE } from "./glsl";

export const cellVertex = /* glsl */ `
${HEAD}
${PLACE}
${CUT}
in vec3 position;
in vec3 normal;
in vec3 corner;
in vec3 size;
in vec4 look;      // role, 1 / scale (below 0: there are no values), finest level, last level
in uvec3 shelf;      // where the values of the slab lie, how many columns and rows have room there
in float involved;
#ifdef STAGED
in vec4 part;      // first column and row of the slab that are shown, columns and rows of the slab
in vec4 staged;    // opacity, highlight, cells of the first line and of the rest that are there
in vec4 order;     // the first line (-1: none), how the rest is filled (+ 4: the line is a row), gap from, to
in vec2 bend;      // width of the gap (below 0: between rows), quarters of a turn
flat out vec4 piece;
flat out vec4 filled;   // cells of the first line, of the rest; the first line, how
flat out vec4 parting;  // from, to; width between columns, between rows
flat out float glow;
#endif
uniform vec3 negative[4];
uniform vec3 zero[4];
uniform vec3 positive[4];
uniform vec3 ink[4];
uniform float dim;
out vec2 at;       // columns and rows, from a cell near what the camera looks at
flat out vec2 anchor;   // that cell
flat out vec3 facing;
flat out vec2 cells;
flat out vec3 scaleAndLevels;
flat out float fade;
flat out ivec3 lies;
flat out vec3 low;
flat out vec3 mid;
flat out vec3 high;
flat out vec3 edge;
void main() {
  vec2 whole = size.xy;
  vec2 shift = vec2(0.0);
#ifdef STAGED
  piece = part;
  filled = vec4(staged.zw, order.xy);
  parting = vec4(order.zw, max(vec2(bend.x, -bend.x), 0.0));
  glow = staged.y;
  whole += 2.0 * parting.zw;
  shift = parting.zw;
#endif
  vec3 from = corner - origin;
  vec2 own = vec2(cutAt(position.x, whole.x, from.x), cutAt(position.y, whole.y, from.y));
  anchor = clamp(floor(-from.xy), vec2(0.0), floor(whole));
  at = own - anchor;
  cells = size.xy;
  facing = normal;
  int role = int(look.x);
  low = negative[role];
  mid = zero[role];
  high = positive[role];
  edge = ink[role];
  scaleAndLevels = look.yzw;
  lies = ivec3(shelf);
  fade = dim * (1.0 - involved);
  vec2 spot = own - shift;
#ifdef STAGED
  fade = 1.0 - (1.0 - fade) * staged.x;
  float angle = bend.y * 1.5707963;
  spot = vec2(spot.x * cos(angle) - spot.y * sin(angle), spot.x * sin(angle) + spot.y * cos(angle));
  if (staged.x < 0.03) { gl_Position = vec4(0.0, 0.0, 2.0, 1.0); return; }
#endif
  gl_Position = placeNear(from + vec3(spot, position.z * size.z));
}
`;

/** While no cell is larger than this on the screen, in device pixels, the shader without NEAR will do. */
export const NEAR_PX = 5;

// Written for software renderers too: those take every branch for every pixel, so that what counts is
// the number of instructions and of texel fetches (two). Soft edges are ramps one pixel wide.
export const cellFragment = /* glsl */ `
${HEAD}
uniform sampler2D heap;
uniform vec3 background;
uniform vec3 empty;
uniform vec3 warning;
uniform float night;
uniform float ratio;   // device pixels per CSS pixel
in vec2 at;
flat in vec2 anchor;
flat in vec3 facing;
flat in vec2 cells;
flat in vec3 scaleAndLevels;
flat in float fade;
flat in ivec3 lies;     // where its values begin, how many columns and rows
flat in vec3 low;
flat in vec3 mid;
flat in vec3 high;
flat in vec3 edge;
#ifdef STAGED
flat in vec4 piece;
flat in vec4 filled;
flat in vec4 parting;
flat in float glow;
#endif
out vec4 colour;

vec2 pairAt(int i) {
  return texelFetch(heap, ivec2(i & ${HEAP_WIDTH - 1}, i >> ${Math.log2(HEAP_WIDTH)}), 0).rg;
}
vec2 pairAt(int from, ivec2 n, vec2 cell) {
  ivec2 c = clamp(ivec2(cell), ivec2(0), n - 1);
  return pairAt(from + c.y * n.x + c.x);
}

#ifdef PAGED
ivec2 sizeAt(int level) { return (lies.yz + ((1 << level) - 1)) >> level; }

// The pair that shows a place at a level, or at the finest one below which nothing is here: 'shown'.
vec2 nearestPair(int level, int finest, vec2 c, out int shown) {
  shown = max(level, finest);
  if (level < finest) {
    int table = lies.x;
    ivec2 across;
    for (int l = finest - 1; l >= level; l--) {
      across = (sizeAt(l) + ${TILE_SIDE - 1}) >> ${Math.log2(TILE_SIDE)};
      table -= across.x * across.y;
    }
    ivec2 tile = clamp(ivec2(c * exp2(-float(level))), ivec2(0), sizeAt(level) - 1) >> ${Math.log2(TILE_SIDE)};
    vec2 entry = pairAt(table + tile.y * across.x + tile.x);
    if (entry.y > -0.5) {
      shown = int(entry.y + 0.5);
      ivec2 cell = clamp(ivec2(c * exp2(-entry.y)), ivec2(0), sizeAt(shown) - 1) & ${TILE_SIDE - 1};
      return pairAt(lies.x + int(entry.x) + cell.y * ${TILE_SIDE} + cell.x);
    }
  }
  int from = lies.x;
  for (int l = finest; l < shown; l++) {
    ivec2 n = sizeAt(l);
    from += n.x * n.y;
  }
  return pairAt(from, sizeAt(shown), c * exp2(-float(shown)));
}
#endif

// 1 inside, 0 outside of a border that is this many pixels away.
float cover(float px) { return clamp(px + 0.5, 0.0, 1.0); }
vec2 cover(vec2 px) { return clamp(px + 0.5, 0.0, 1.0); }
// 0 below a, 1 above b.
vec2 rise(vec2 x, float a, float b) { return clamp((x - a) * (1.0 / (b - a)), 0.0, 1.0); }
float rise(float x, float a, float b) { return clamp((x - a) * (1.0 / (b - a)), 0.0, 1.0); }
float most(vec2 v) { return max(v.x, v.y); }

#ifdef STAGED
// Where a gap opens there is nothing; what lies behind it has moved on. Also the borders of the piece.
bool parted(inout float c, float length, float from, float to, float gap, out vec2 borders) {
  borders = vec2(0.0, length);
  if (gap <= 0.0) return false;
  bool isIn = (c > from && c < from + gap) || (c > to + gap && c < to + 2.0 * gap);
  if (c > to + 1.5 * gap) { c -= 2.0 * gap; borders.x = to; }
  else if (c > from + 0.5 * gap) { c -= gap; borders = vec2(from, to); }
  else borders.y = from;
  return isIn;
}
#endif

void main() {
  vec2 c = at + anchor;
  vec2 inOwn = fract(at);
  // Cells per pixel along each side; never 0, for a division by 0 makes whole blocks NaN on some drivers.
  vec2 perPx = max(abs(dFdx(at)) + abs(dFdy(at)), vec2(1e-4));
  vec2 px = 1.0 / perPx;
  float cellPx = min(px.x, px.y);
  vec2 toRim = min(c, cells - c) * px;
#ifdef STAGED
  vec2 across, along;
  bool isGap = parted(c.x, cells.x, parting.x, parting.y, parting.z, across);
  isGap = parted(c.y, cells.y, parting.x, parting.y, parting.w, along) || isGap;
  if (isGap) discard;
  inOwn = fract(c);
  toRim = min(c - vec2(across.x, along.x), vec2(across.y, along.y) - c) * px;
  // How much of the cell is there already.
  vec2 own = floor(clamp(c, vec2(0.0), cells - 0.5));
  bool isRow = filled.w > 3.5;
  float how = filled.w - (isRow ? 4.0 : 0.0);
  vec2 inLine = isRow ? own : own.yx;
  float rank = how < 0.5 ? own.x * cells.y + own.y : how < 1.5 ? own.x : own.y;
  float there = clamp(abs(inLine.y - filled.z) < 0.5 ? filled.x - inLine.x : filled.y - rank, 0.0, 1.0);
  c += piece.xy;
  vec2 slabCells = piece.zw;
#else
  vec2 slabCells = cells;
#endif

  // Which level of detail; two samples, of neighbouring levels or half a pixel apart.
  float lod = log2(most(perPx)) + 0.6;
  float level = clamp(floor(lod), 0.0, scaleAndLevels.z);
  float blend = clamp(lod - level, 0.0, 1.0);
  bool coarser = blend > 0.0 && level < scaleAndLevels.z;
  vec2 apart = coarser ? vec2(0.0) : vec2(0.25, -0.25) * perPx;
  // The last cell goes on to the rim of its slab.
  vec2 inside = clamp(c, vec2(0.0), slabCells - 0.01);
#ifdef PAGED
  int finest = int(scaleAndLevels.y);
  int shown, other;
  vec2 a = nearestPair(int(level), finest, clamp(inside - apart, vec2(0.0), slabCells - 0.01), shown);
  vec2 b = nearestPair(int(level) + (coarser ? 1 : 0), finest, clamp(inside + apart, vec2(0.0), slabCells - 0.01), other);
  float lump = exp2(float(shown));
  lod = max(lod, float(shown));
#else
  ivec2 n = lies.yz;
  int from = lies.x;
  for (int l = 0; l < int(level); l++) {
    from += n.x * n.y;
    n = (n + 1) >> 1;
  }
  vec2 at0 = inside * exp2(-level);
  vec2 a = pairAt(from, n, at0 - apart);
  vec2 b = coarser ? pairAt(from + n.x * n.y, (n + 1) >> 1, at0 * 0.5) : pairAt(from, n, at0 + apart);
#endif
  vec2 pair = min(a.y, b.y) < 0.0 ? a : mix(a, b, coarser ? blend : 0.5);
  // There is no room for what no run of this length has.
  if (any(greaterThanEqual(inside, vec2(lies.yz)))) pair = vec2(0.0, -1.0);
  bool isStructure = scaleAndLevels.x < 0.0;
  pair = isStructure ? vec2(0.0, 0.0) : pair;
#ifdef STAGED
  if (there < 0.02) pair = vec2(0.0, -1.0);
#endif

  // Colour of the pair (mean, rms). For a normal distribution, 'magnitude' is the mean magnitude;
  // for a single cell it is exact. The curve is that of scene/tone.ts.
  vec2 scaled = pair * scaleAndLevels.x;
  float magnitude = sqrt(0.6366 * scaled.y * scaled.y + 0.3634 * scaled.x * scaled.x);
  vec2 parts = clamp(vec2(magnitude + scaled.x, magnitude - scaled.x) * 0.5, 0.0, 1.0);
  parts = parts * 1.6 / (parts + 0.6);
  // Opposite halves of noise would cancel out: from afar the negative one weighs less.
  parts.y *= 1.0 - 0.65 * rise(lod, 0.0, 2.5);
  vec3 face = mid + parts.x * (high - mid) + parts.y * (low - mid);
  float mark = -pair.y;
  bool isMark = mark > 0.5;
  vec3 special = mark < 1.5 ? mix(background, empty, 0.75)
    : mark < 2.5 ? warning : mark < 3.5 ? mix(high, edge, 0.5) : mix(empty, mid, 0.22);
  face = isMark ? special : face;
  // Of a structure nothing is known but whether a cell is there yet.
  face = isStructure && !isMark ? mix(mid, high, night > 0.5 ? 0.12 : 0.18) : face;

  vec3 groove = night > 0.5 ? mix(mid, background, 0.85) : mix(mid, edge, 0.55);
  if (facing.z < -0.5) {
#ifdef NEAR
#ifdef PAGED
    bool isSingle = shown == 0;
    vec2 inCell = isSingle ? inOwn : fract(c / lump);
    vec2 linePx = px * lump;
#else
    vec2 inCell = inOwn;
    vec2 linePx = px;
    const bool isSingle = true;
#endif
    // A figure in each cell; it makes room for the printed value.
    float near = rise(cellPx / ratio, 9.0, 14.0);
    float room = rise(cellPx / ratio, 48.0, 57.0);
    vec2 q = inCell - vec2(0.5, 0.5 - 0.13 * room);
    vec2 s = abs(q);
    float r = length(q);
    float radius = (0.40 - 0.13 * room) * sqrt(min(abs(scaled.x), 1.0));
    float ring = max(0.13 * radius + 0.02, 1.3 / cellPx);
    bool isNegative = scaled.x < 0.0;
    float figure = cover((radius - r) * cellPx) * min(radius * cellPx * 1.6, 1.0);
    figure *= isNegative ? cover((r - radius + ring) * cellPx) : 1.0;
    float wide = max(1.0, 0.045 * cellPx);
    float barX = cover(wide - s.y * cellPx) * step(s.x, 0.24);
    float barY = cover(wide - s.x * cellPx) * step(s.y, 0.24);
    float cross = cover(1.3 * wide - abs(s.x - s.y) * 0.707 * cellPx) * step(r, 0.3);
    float frame = cover(0.6 - abs(most(abs(inCell - 0.5)) - 0.30) * cellPx) * 0.5;
    float drawn = mark < 1.5 ? frame : mark < 2.5 ? cross : mark < 3.5 ? max(barX, barY) : barX;
    vec3 drawing = mark < 1.5 ? mix(empty, edge, 0.3) : mark < 3.5 ? background : edge;
    vec3 field = isMark ? face : mix(mid, face, 0.38);
    vec3 close = mix(field, isMark ? drawing : isNegative ? low : high, isMark ? drawn : figure);
    close = isStructure ? mix(face, edge, frame * 0.4) : close;
    face = mix(face, close, isSingle ? near : 0.0);

    // Cell grid: thin lines that fade with distance, a stronger one every 16 cells.
    vec2 thin = cover(0.5 - (0.5 - abs(inCell - 0.5)) * linePx) * rise(px, ${NEAR_PX.toFixed(1)}, 11.0);
    face = mix(face, groove, most(thin) * 0.30);
#endif
    vec2 big = cover(0.75 - (0.5 - abs(fract(c * 0.0625) - 0.5)) * 16.0 * px) * rise(px, 1.6, 6.0);
    face = mix(face, groove, most(big) * 0.55);
    // The rim: a light line outside a dark one, so that it stands out from the slab behind it too.
    vec2 isWide = rise(cells * px, 4.0, 12.0);
    face = mix(face, mix(edge, background, night > 0.5 ? 0.45 : 0.25), most(cover(2.0 - toRim) * isWide) * 0.85);
    face = mix(face, background, most(cover(0.9 - toRim) * isWide) * 0.85);
#ifdef STAGED
    face = mix(face, warning, 3.2 * there * (1.0 - there));
    face = mix(face, warning, glow * max(0.10, most(cover(2.6 * ratio - toRim))));
#endif
  } else {
    bool top = abs(facing.y) > 0.5;
    vec3 lit = mix(face, mid, 0.35);
    vec3 above = mix(lit, vec3(1.0), night > 0.5 ? 0.10 : 0.30);
    vec3 aside = night > 0.5 ? lit * 0.62 : mix(lit, edge, 0.22) * 0.92;
    face = top ? above : aside;
#ifdef STAGED
    face = mix(face, warning, glow * 0.7);
#endif
#ifdef NEAR
    float along = top ? inOwn.x : inOwn.y;
    float alongPx = top ? px.x : px.y;
    float cut = cover(0.5 - (0.5 - abs(fract(along) - 0.5)) * alongPx) * rise(alongPx, ${NEAR_PX.toFixed(1)}, 12.0);
    face = mix(face, groove, cut * 0.3);
#endif
  }
  colour = vec4(mix(face, background, fade), 1.0);
}
`;
