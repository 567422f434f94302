/** What stands before what, among all models of the scene. */
import { isHidden, meets } from "../scene/picking";
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
  const first = isThroughout ? top : (top + bottom) / 2;
  const last = isThroughout ? bottom : first;
  for (const { footprints, projector, cuts } of all) {
    const blocks = footprints.blocksIn(left, first, right, last);
    if (blocks.length === 0) continue;
    for (let line = 0; line <= down; line++) {
      const y = down === 0 ? first : first + ((last - first) * line) / down;
      for (let part = 0; part <= across; part++) {
        const x = left + ((right - left) * part) / across;
        if (meets(blocks, projector.rayThrough(x, y), Infinity, cuts)) return true;
      }
    }
  }
  return false;
}

/** Whether a block stands before a point of `own`, on the first `share` of the way to it. */
export function isBehind(
  all: readonly Standing[],
  own: Standing,
  [x, y, z]: Vector,
  share: number,
): boolean {
  if (!own.projector.project(x, y, z)) return false;
  const [atX, atY] = [own.projector.x, own.projector.y];
  for (const { footprints, projector, offset, cuts } of all) {
    const groups = footprints.groupsIn(atX, atY, atX, atY);
    if (groups.length === 0) continue;
    const ray = projector.rayTo(
      x + own.offset[0] - offset[0],
      y + own.offset[1] - offset[1],
      z + own.offset[2] - offset[2],
    );
    if (isHidden(groups, ray, share, cuts)) return true;
  }
  return false;
}
