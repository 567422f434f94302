/** Where each of several models stands: in a row from left to right, aligned at the top, at one scale. */
import type { Bounds } from "./blocks";

/** The gap between two models, as a share of the wider one, and at least this many cells. */
const GAP_SHARE = 0.06;
const LEAST_GAP = 120;

/**
 * How far each model is moved. The first stays where it is, so that a scene of one model has the
 * coordinates of the bundle; whole cells, so that they stay exact on the GPU.
 */
export function rowOf(models: readonly Bounds[]): [x: number, y: number, z: number][] {
  const first = models[0];
  let right = first?.max[0] ?? 0;
  return models.map((bounds, i) => {
    if (i === 0) return [0, 0, 0];
    const before = models[i - 1]!;
    const widest = Math.max(widthOf(bounds), widthOf(before));
    const left = right + Math.max(widest * GAP_SHARE, LEAST_GAP);
    right = left + widthOf(bounds);
    return [
      Math.round(left - bounds.min[0]),
      Math.round(first!.min[1] - bounds.min[1]),
      Math.round(first!.min[2] - bounds.min[2]),
    ];
  });
}

function widthOf({ min, max }: Bounds): number {
  return max[0] - min[0];
}
