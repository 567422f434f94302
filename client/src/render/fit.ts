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
 * The nearest state from which every corner of `parts` is in view. `slopes`: half the width and half
 * the height of what is free of panels, at distance 1.
 */
export function fitted(
  parts: readonly Bounds[],
  azimuth: number,
  elevation: number,
  slopes: readonly [number, number],
): CameraState {
  const { right, up, back } = basis(azimuth, elevation);
  const [slopeX, slopeY] = slopes;
  // A corner at (x, y, z) of the camera's axes is in view when |x - cx| <= (distance - z) slope.
  const most = { left: -Infinity, right: -Infinity, bottom: -Infinity, top: -Infinity };
  let near = -Infinity;
  let far = Infinity;
  for (const { min, max } of parts) {
    for (let corner = 0; corner < 8; corner++) {
      const point: Vector = [
        corner & 1 ? max[0] : min[0],
        corner & 2 ? max[1] : min[1],
        corner & 4 ? max[2] : min[2],
      ];
      const x = dot(point, right);
      const y = dot(point, up);
      const z = dot(point, back);
      most.right = Math.max(most.right, x + z * slopeX);
      most.left = Math.max(most.left, -x + z * slopeX);
      most.top = Math.max(most.top, y + z * slopeY);
      most.bottom = Math.max(most.bottom, -y + z * slopeY);
      near = Math.max(near, z);
      far = Math.min(far, z);
    }
  }
  const x = (most.right - most.left) / 2;
  const y = (most.top - most.bottom) / 2;
  const along = Math.max(
    (most.right + most.left) / (2 * slopeX),
    (most.top + most.bottom) / (2 * slopeY),
  );
  // The eye is `along` from the origin; what it turns about is in the middle of what is seen.
  const z = (near + far) / 2;
  const target: Vector = [0, 1, 2].map(
    (i) => x * right[i]! + y * up[i]! + z * back[i]!,
  ) as unknown as Vector;
  return { target, azimuth, elevation, distance: Math.max(along - z, 1) };
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
