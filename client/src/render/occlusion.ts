/** What stands before what, among all models of the scene. */
import { isHidden } from "../scene/picking";
import type { Vector } from "./camera";
import type { Standing } from "./standing";

/** Whether any block is seen at a point of the canvas. */
export function isCovered(all: readonly Standing[], x: number, y: number): boolean {
  return all.some(({ figure, projector }) =>
    isHidden(figure.groups, projector.rayThrough(x, y), Infinity),
  );
}

/** Whether a block stands before a point of `own`, on the first `share` of the way to it. */
export function isBehind(
  all: readonly Standing[],
  own: Standing,
  [x, y, z]: Vector,
  share: number,
): boolean {
  return all.some(({ figure, projector, offset }) => {
    const ray = projector.rayTo(
      x + own.offset[0] - offset[0],
      y + own.offset[1] - offset[1],
      z + own.offset[2] - offset[2],
    );
    return isHidden(figure.groups, ray, share);
  });
}
