/** From the index of a cell to its place in a block and in the scene, and back. */
import type { Lengths } from "../bundle/model";
import { type Block, lengthIn } from "./blocks";

/** A cell by where it stands: which slab of the block, and where on it. */
export interface Place {
  readonly slab: number;
  readonly row: number;
  readonly column: number;
}

/** Cells of one slab that are lit together: every `step`th from `from` to before `to`. */
export interface Patch {
  readonly slab: number;
  readonly rows: Span;
  readonly columns: Span;
}

export interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** A position, or [start, stop, step] with `stop` excluded, as explanations write their sources. */
export type Selector = number | readonly [start: number, stop: number, step: number];

/** The index of the tensor's cell at a place, in the order of the tensor's axes. */
export function indexAt(block: Block, { slab, row, column }: Place): number[] {
  const index = new Array<number>(block.rank).fill(0);
  if (block.columns.at >= 0) index[block.columns.at] = column;
  if (block.rows.at >= 0) index[block.rows.at] = row;
  if (block.depth.at >= 0) index[block.depth.at] = slab;
  return index;
}

export function placeOf(block: Block, index: readonly number[]): Place {
  const at = (position: number): number => (position < 0 ? 0 : (index[position] ?? 0));
  return {
    slab: at(block.depth.at),
    row: at(block.rows.at),
    column: at(block.columns.at),
  };
}

/** Whether the cell has a value in a run whose inputs have these lengths. */
export function isInRun(block: Block, { slab, row, column }: Place, lengths: Lengths): boolean {
  return (
    slab < lengthIn(block.depth, lengths) &&
    row < lengthIn(block.rows, lengths) &&
    column < lengthIn(block.columns, lengths)
  );
}

/** The middle of the cell's front, in the coordinates of the scene. */
export function positionOf(block: Block, { slab, row, column }: Place): [number, number, number] {
  return [block.x + column + 0.5, block.y + row + 0.5, block.z + slab * block.pitch];
}

/** The cells that a source names, slab by slab; steps are kept, empty ranges give nothing. */
export function patchesOf(block: Block, index: readonly Selector[]): Patch[] {
  const span = (position: number): Span => {
    const selector = position < 0 ? 0 : (index[position] ?? 0);
    if (typeof selector === "number") return { from: selector, to: selector + 1, step: 1 };
    const [start, stop, step] = selector;
    if (step > 0) return { from: start, to: stop, step };
    // A range that runs backwards lights the same cells as its mirror image.
    const count = Math.max(0, Math.ceil((stop - start) / step));
    return { from: start + (count - 1) * step, to: start + 1, step: -step };
  };
  const depth = span(block.depth.at);
  const rows = span(block.rows.at);
  const columns = span(block.columns.at);
  if (rows.from >= rows.to || columns.from >= columns.to) return [];
  const patches: Patch[] = [];
  for (let slab = depth.from; slab < depth.to; slab += depth.step) {
    patches.push({ slab, rows, columns });
  }
  return patches;
}
