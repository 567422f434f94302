/**
 * Blocks cut open: of heads or experts that stand one behind another, those before the one in question
 * are taken away while it is looked at, because it would be covered by them.
 */
import type { Block } from "./blocks";
import { type Place, positionOf } from "./cells";

/** The first slab that stands, of each block that is cut open. */
export type Cuts = ReadonlyMap<Block, number>;

export const NO_CUTS: Cuts = new Map();

/** A cell of a block that is to be seen. */
export interface Wanted {
  readonly block: Block;
  readonly place: Place;
}

/** Whether slabs of the same block cover the middle of a cell's front from the eye. */
export function isCovered(
  { block, place }: Wanted,
  eye: readonly [number, number, number],
): boolean {
  if (place.slab === 0) return false;
  const [x, y, z] = positionOf(block, place);
  // A line of sight that passes the next slab has left the rectangle that they all share: it passes the others too.
  const back = z - block.pitch + 1;
  if (eye[2] >= back) return false;
  const share = (z - back) / (z - eye[2]);
  const column = x + (eye[0] - x) * share - block.x;
  const row = y + (eye[1] - y) * share - block.y;
  return column > 0 && column < block.columns.length && row > 0 && row < block.rows.length;
}

/** What `cuts` become so that every wanted cell is seen; the same object when it is so already. */
export function cutFor(
  wanted: readonly Wanted[],
  eye: readonly [number, number, number],
  cuts: Cuts,
): Cuts {
  const covered = wanted.filter((each) => !cuts.has(each.block) && isCovered(each, eye));
  if (covered.length === 0) return cuts;
  return new Map([...cuts, ...covered.map(({ block, place }) => [block, place.slab] as const)]);
}
