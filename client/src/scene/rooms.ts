/** How much room the values of a block take: at its full size, or for a run, which is shorter than the longest. */
import type { TileSource } from "../bundle/tiles";
import type { Block, Edge } from "./blocks";
import type { Size } from "./levels";

/** Room for a run is made for so many positions at least, and then for twice as many, and so on. */
const LEAST_LENGTH = 16;

/** A single cell, for what has no values yet. */
export const NOTHING: Size = { columns: 1, rows: 1, slabs: 1 };

export function wholeOf({ columns, rows, depth }: Block): Size {
  return { columns: columns.length, rows: rows.length, slabs: depth.length };
}

/** Whether the size of a block depends on the run. */
export function isOfRun({ columns, rows, depth }: Block): boolean {
  return [columns, rows, depth].some(({ axis }) => axis != null && axis.length_of !== null);
}

/** Room for the values of a block of the run, and of somewhat longer runs. */
export function roomFor(block: Block, source: TileSource): Size {
  const extent = source.extent(block.tensor);
  if (extent.columns === 0 || extent.rows === 0 || extent.slabs === 0) return NOTHING;
  const room = ({ axis, length }: Edge, used: number): number => {
    if (axis === null || axis.length_of === null) return length;
    return Math.min(length, Math.max(LEAST_LENGTH, 2 ** Math.ceil(Math.log2(used))));
  };
  return {
    columns: room(block.columns, extent.columns),
    rows: room(block.rows, extent.rows),
    slabs: room(block.depth, extent.slabs),
  };
}

export function isAlike(a: Size, b: Size): boolean {
  return a.columns === b.columns && a.rows === b.rows && a.slabs === b.slabs;
}
