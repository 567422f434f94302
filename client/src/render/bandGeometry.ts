/** The outline of a flat band along a polyline: rounded corners, and a head where it arrives. */
import type { Ribbon } from "../scene/ribbons";

export interface Outline {
  /** x, y, z of each corner, in the coordinates of the scene. */
  readonly positions: number[];
  /** Distance of each corner from the left and from the right border, in cells. */
  readonly borders: number[];
  /** How far along the band each corner is, from 0 to 1. */
  readonly along: number[];
  readonly triangles: number[];
}

type Flat = readonly [x: number, y: number];

const ARC_STEPS = 6;
/** Length of the head, and how much wider than the band it is. */
const HEAD_LENGTH = 1.1;
const HEAD_WIDTH = 1.9;

/** Empty when the band has no length. */
export function outlineOf({ points, width }: Pick<Ribbon, "points" | "width">): Outline {
  const ribbon: Outline = { positions: [], borders: [], along: [], triangles: [] };
  const z = points[0]?.[2] ?? 0;
  const path = withoutRepeats(rounded(withoutRepeats(points), width));
  if (path.length < 2) return ribbon;

  const length = pathLength(path);
  const head = Math.min(headLength(width), length * 0.6);
  const tip = path.at(-1)!;
  const body = cutEnd(path, head);
  const half = width / 2;
  let share = 0;
  const put = (x: number, y: number, left: number, right: number): number => {
    ribbon.positions.push(x, y, z);
    ribbon.borders.push(left, right);
    ribbon.along.push(share);
    return ribbon.positions.length / 3 - 1;
  };
  body.forEach((point, i) => {
    if (i > 0) share += distance(body[i - 1]!, point) / length;
    const [nx, ny] = normalAt(body, i);
    const left = put(point[0] + nx * half, point[1] + ny * half, 0, width);
    const right = put(point[0] - nx * half, point[1] - ny * half, width, 0);
    if (i > 0) ribbon.triangles.push(left - 2, right - 2, left, left, right - 2, right);
  });
  const end = body.at(-1)!;
  const wide = Math.max(half * HEAD_WIDTH, half + 0.5);
  const [nx, ny] = direction(end, tip, (dx, dy) => [-dy, dx]);
  const left = put(end[0] + nx * wide, end[1] + ny * wide, 0, 2 * wide);
  const right = put(end[0] - nx * wide, end[1] - ny * wide, 2 * wide, 0);
  share = 1;
  const top = put(tip[0], tip[1], 0, 0);
  ribbon.triangles.push(left, right, top);
  return ribbon;
}

function withoutRepeats(points: readonly (readonly [number, number, number?])[]): Flat[] {
  const path: Flat[] = [];
  for (const [x, y] of points) {
    const last = path.at(-1);
    if (last === undefined || Math.hypot(x - last[0], y - last[1]) > 1e-6) path.push([x, y]);
  }
  return path;
}

function headLength(width: number): number {
  return Math.max(width, 1.5) * HEAD_LENGTH;
}

/** Corners replaced by arcs (quadratic curves) no wider than the neighbouring pieces allow. */
function rounded(path: readonly Flat[], width: number): Flat[] {
  const head = headLength(width);
  const out: Flat[] = [];
  path.forEach((corner, i) => {
    const before = path[i - 1];
    const after = path[i + 1];
    if (before === undefined || after === undefined) {
      out.push(corner);
      return;
    }
    // the piece at either end of the band is all its corner's, less its head; others are shared by two corners
    const isFirst = i === 1;
    const isLast = i === path.length - 2;
    const entering = distance(before, corner) / (isFirst ? 1 : 2);
    const leaving = distance(corner, after);
    const room = Math.min(entering, isLast ? Math.max(leaving - head, leaving / 2) : leaving / 2);
    const radius = Math.min(room, width * 1.5 + 1);
    const from = towards(corner, before, radius);
    const to = towards(corner, after, radius);
    for (let step = 0; step <= ARC_STEPS; step++) {
      const t = step / ARC_STEPS;
      const at = (k: 0 | 1): number =>
        (1 - t) ** 2 * from[k] + 2 * t * (1 - t) * corner[k] + t ** 2 * to[k];
      out.push([at(0), at(1)]);
    }
  });
  return out;
}

function cutEnd(path: readonly Flat[], length: number): Flat[] {
  const kept = [...path];
  let left = length;
  while (kept.length > 2) {
    const last = distance(kept.at(-2)!, kept.at(-1)!);
    if (last > left) break;
    left -= last;
    kept.pop();
  }
  const end = kept.pop()!;
  kept.push(towards(end, kept.at(-1)!, Math.min(left, distance(end, kept.at(-1)!) * 0.999)));
  return kept;
}

function normalAt(path: readonly Flat[], i: number): Flat {
  const before = path[Math.max(i - 1, 0)]!;
  const after = path[Math.min(i + 1, path.length - 1)]!;
  return direction(before, after, (dx, dy) => [-dy, dx]);
}

function direction(a: Flat, b: Flat, turn: (dx: number, dy: number) => Flat): Flat {
  const length = distance(a, b) || 1;
  return turn((b[0] - a[0]) / length, (b[1] - a[1]) / length);
}

function towards(from: Flat, to: Flat, length: number): Flat {
  const share = length / (distance(from, to) || 1);
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}

function distance(a: Flat, b: Flat): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function pathLength(path: readonly Flat[]): number {
  let sum = 0;
  for (let i = 1; i < path.length; i++) sum += distance(path[i - 1]!, path[i]!);
  return sum;
}
