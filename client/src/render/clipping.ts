/**
 * How near to the eye anything can be. The nearer the plane from which on depths are told apart, the
 * coarser they are: from one cell to the whole of a large model they have to hold.
 */
import type { PerspectiveCamera } from "three";
import { type Bounds, unionOf } from "../scene/blocks";
import { entryOf } from "../scene/picking";

const NEAREST = 0.5;
/** Rays are cast through so many points on a side; what lies between them may be this much nearer. */
const RAYS = 5;
const SHARE = 0.6;

const bounds = new WeakMap<readonly Bounds[], Bounds>();

/** A depth before which nothing of `parts` is in view; the camera's matrices have to be up to date. */
export function nearestDepth(camera: PerspectiveCamera, parts: readonly Bounds[]): number {
  if (parts.length === 0) return NEAREST;
  let box = bounds.get(parts);
  if (box === undefined) bounds.set(parts, (box = unionOf(parts)));
  const m = camera.matrixWorld.elements;
  const p = camera.projectionMatrix.elements;
  const { x, y, z } = camera.position;
  const origin = [x, -y, -z] as const;
  let nearest = Infinity;
  for (let i = 0; i < RAYS; i++) {
    for (let k = 0; k < RAYS; k++) {
      // A direction whose depth is 1, so that lengths along it are depths.
      const right = ((i / (RAYS - 1)) * 2 - 1 + p[8]!) / p[0]!;
      const up = ((k / (RAYS - 1)) * 2 - 1 + p[9]!) / p[5]!;
      const along = (side: 0 | 1 | 2): number =>
        m[side]! * right + m[4 + side]! * up - m[8 + side]!;
      const direction = [along(0), -along(1), -along(2)] as const;
      nearest = Math.min(nearest, entryOf({ origin, direction }, box));
    }
  }
  return Math.max(NEAREST, nearest === Infinity ? camera.near : nearest * SHARE);
}
