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
/** From as far as this, in sizes of everything there is, its nearest corner will do. */
const FAR = 0.25;
/** Curves and marks stand out a little towards the viewer. */
const BEFORE = 0.9;

const bounds = new WeakMap<readonly Bounds[], Bounds>();
const origin: [number, number, number] = [0, 0, 0];
const direction: [number, number, number] = [0, 0, 0];
const ray = { origin, direction };

/** A depth before which nothing of `parts` is in view; the camera's matrices have to be up to date. */
export function nearestDepth(camera: PerspectiveCamera, parts: readonly Bounds[]): number {
  if (parts.length === 0) return NEAREST;
  let box = bounds.get(parts);
  if (box === undefined) bounds.set(parts, (box = unionOf(parts)));
  const m = camera.matrixWorld.elements;
  const { x, y, z } = camera.position;
  origin[0] = x;
  origin[1] = -y;
  origin[2] = -z;
  // Depth is along the way the camera looks; the corner where it is least is found side by side.
  let corner = 0;
  let size = 0;
  for (let side = 0; side < 3; side++) {
    const ahead = side === 0 ? -m[8]! : m[8 + side]!;
    const [low, high] = [box.min[side]! - origin[side]!, box.max[side]! - origin[side]!];
    corner += Math.min(low * ahead, high * ahead);
    size += high - low;
  }
  if (corner > size * FAR) return corner * BEFORE;
  const p = camera.projectionMatrix.elements;
  let nearest = Infinity;
  for (let i = 0; i < RAYS; i++) {
    for (let k = 0; k < RAYS; k++) {
      // A direction whose depth is 1, so that lengths along it are depths.
      const right = ((i / (RAYS - 1)) * 2 - 1 + p[8]!) / p[0]!;
      const up = ((k / (RAYS - 1)) * 2 - 1 + p[9]!) / p[5]!;
      direction[0] = m[0]! * right + m[4]! * up - m[8]!;
      direction[1] = -(m[1]! * right + m[5]! * up - m[9]!);
      direction[2] = -(m[2]! * right + m[6]! * up - m[10]!);
      nearest = Math.min(nearest, entryOf(ray, box));
    }
  }
  return Math.max(NEAREST, nearest === Infinity ? camera.near : nearest * SHARE);
}
