/** What stands before what, among all models of the scene. */
import { isHidden } from "../scene/picking";
import type { Vector } from "./camera";
import type { Standing } from "./standing";

/** Blocks as thin as this are found behind what is looked at throughout, in CSS pixels. */
const PROBE_PX = 5;

/** Whether a box on the canvas would be in front of blocks: on its middle line, or anywhere. */
export function coversBlocks(
  all: readonly Standing[],
  left: number,
  top: number,
  right: number,
  bottom: number,
  isThroughout: boolean,
): boolean {
  const across = isThroughout ? Math.max(Math.ceil((right - left) / PROBE_PX), 2) : 2;
  const down = isThroughout ? 2 : 0;
  for (let line = 0; line <= down; line++) {
    const y = down === 0 ? (top + bottom) / 2 : top + ((bottom - top) * line) / down;
    for (let part = 0; part <= across; part++) {
      if (isSeen(all, left + ((right - left) * part) / across, y)) return true;
    }
  }
  return false;
}

/** Whether any block is seen at a point of the canvas. */
function isSeen(all: readonly Standing[], x: number, y: number): boolean {
  return all.some(({ figure, projector, cuts }) =>
    isHidden(figure.groups, projector.rayThrough(x, y), Infinity, cuts),
  );
}

/** Whether a block stands before a point of `own`, on the first `share` of the way to it. */
export function isBehind(
  all: readonly Standing[],
  own: Standing,
  [x, y, z]: Vector,
  share: number,
): boolean {
  return all.some(({ figure, projector, offset, cuts }) => {
    const ray = projector.rayTo(
      x + own.offset[0] - offset[0],
      y + own.offset[1] - offset[1],
      z + own.offset[2] - offset[2],
    );
    return isHidden(figure.groups, ray, share, cuts);
  });
}
