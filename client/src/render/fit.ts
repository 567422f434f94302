/** Where a camera has to stand to see everything: pure geometry, in the coordinates of the scene. */
import type { Bounds } from "../scene/blocks";
import type { CameraState, Vector } from "./camera";

/** Right, up and towards the viewer, as seen from a direction; `y` runs down and `z` away. */
export function basis(
  azimuth: number,
  elevation: number,
): { right: Vector; up: Vector; back: Vector } {
  const [sinA, cosA] = [Math.sin(azimuth), Math.cos(azimuth)];
  const [sinE, cosE] = [Math.sin(elevation), Math.cos(elevation)];
  return {
    right: [cosA, 0, sinA],
    up: [-sinA * sinE, -cosE, cosA * sinE],
    back: [sinA * cosE, -sinE, -cosA * cosE],
  };
}

/**
 * The nearest state from which every corner of `parts` is in view, with equal margins on opposite
 * sides. `slopes`: half the width and half the height of what is free of panels, at distance 1.
 */
export function fitted(
  parts: readonly Bounds[],
  azimuth: number,
  elevation: number,
  slopes: readonly [number, number],
): CameraState {
  const { right, up, back } = basis(azimuth, elevation);
  const [slopeX, slopeY] = slopes;
  const corners = parts.flatMap(cornersOf);
  const xs = corners.map((corner) => dot(corner, right));
  const ys = corners.map((corner) => dot(corner, up));
  const zs = corners.map((corner) => dot(corner, back));
  // A corner is in view when |x - middle| <= (eye - z) slope: of all, the two strictest say how far
  // from the origin the eye has to be.
  const reach = (values: readonly number[], slope: number): number => {
    const most = Math.max(...values.map((value, i) => value + zs[i]! * slope));
    const least = Math.min(...values.map((value, i) => value - zs[i]! * slope));
    return (most - least) / (2 * slope);
  };
  const eye = Math.max(reach(xs, slopeX), reach(ys, slopeY));
  const x = middle(xs, zs, eye);
  const y = middle(ys, zs, eye);
  // What the camera turns about is in the middle of what is seen.
  const z = (Math.max(...zs) + Math.min(...zs)) / 2;
  const along = (i: 0 | 1 | 2): number => x * right[i] + y * up[i] + z * back[i];
  const target: Vector = [along(0), along(1), along(2)];
  return { target, azimuth, elevation, distance: Math.max(eye - z, 1) };
}

/** Where to aim so that what is seen has equal margins on both sides; found by halving. */
function middle(values: readonly number[], zs: readonly number[], eye: number): number {
  let low = Math.min(...values);
  let high = Math.max(...values);
  for (let i = 0; i < 40; i++) {
    const aim = (low + high) / 2;
    let most = -Infinity;
    let least = Infinity;
    for (let k = 0; k < values.length; k++) {
      const seen = (values[k]! - aim) / Math.max(eye - zs[k]!, 1e-6);
      most = Math.max(most, seen);
      least = Math.min(least, seen);
    }
    if (most + least > 0) low = aim;
    else high = aim;
  }
  return (low + high) / 2;
}

/** How far a box reaches to each side of what is looked at, as slopes; positive to the right and up. */
export function extentOf(box: Bounds, state: CameraState): Record<Side, number> {
  const { right, up, back } = basis(state.azimuth, state.elevation);
  const extent = { left: Infinity, right: -Infinity, top: -Infinity, bottom: Infinity };
  for (const corner of cornersOf(box)) {
    const from = state.target.map((at, i) => corner[i]! - at) as unknown as Vector;
    const depth = Math.max(state.distance - dot(from, back), 1e-6);
    const [x, y] = [dot(from, right) / depth, dot(from, up) / depth];
    extent.left = Math.min(extent.left, x);
    extent.right = Math.max(extent.right, x);
    extent.top = Math.max(extent.top, y);
    extent.bottom = Math.min(extent.bottom, y);
  }
  return extent;
}

type Side = "left" | "right" | "top" | "bottom";

function cornersOf({ min, max }: Bounds): Vector[] {
  const corners: Vector[] = [];
  for (const x of [min[0], max[0]]) {
    for (const y of [min[1], max[1]]) for (const z of [min[2], max[2]]) corners.push([x, y, z]);
  }
  return corners;
}

/** A state between two: distances by their ratio, so that zooming looks even. */
export function between(a: CameraState, b: CameraState, share: number): CameraState {
  const distance = a.distance * (b.distance / a.distance) ** share;
  // The target moves with the distance when that changes much, else a zoom would sweep sideways.
  const ratio = Math.abs(Math.log(b.distance / a.distance));
  const change = b.distance - a.distance;
  const byDistance = ratio > 0.05 ? (distance - a.distance) / change : share;
  const move = share + (byDistance - share) * Math.min(ratio, 1);
  const lerp = (from: number, to: number, at: number): number => from + (to - from) * at;
  return {
    target: [0, 1, 2].map((i) => lerp(a.target[i]!, b.target[i]!, move)) as unknown as Vector,
    azimuth: lerp(a.azimuth, b.azimuth, share),
    elevation: lerp(a.elevation, b.elevation, share),
    distance,
  };
}

/** Slow, fast, slow. */
export function eased(share: number): number {
  const t = Math.min(Math.max(share, 0), 1);
  return t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
