/**
 * Where each level of each slab lies in the one long array of values (the heap) that the GPU reads.
 *
 * A slab's levels follow one another, finest first; level `l` has ceil(n / 2^l) cells on a side,
 * down to a single cell. A tensor too large to be held whole starts at a coarser level.
 */
import type { Block } from "./blocks";

export interface Shelf {
  /** Position of the first kept level of slab 0, in cells. */
  readonly base: number;
  /** Cells from one slab to the next. */
  readonly stride: number;
  /** The finest level that is kept. */
  readonly finest: number;
  /** How many levels the slab has, kept or not. */
  readonly levels: number;
}

/** Length of a side at a level. */
export function lengthAt(length: number, level: number): number {
  return Math.max(1, Math.ceil(length / 2 ** level));
}

/** How many levels a slab has: the last is a single cell. */
export function levelCount(columns: number, rows: number): number {
  return Math.ceil(Math.log2(Math.max(columns, rows, 1))) + 1;
}

/** Cells of the levels from `from` to before `to`. */
export function cellsBetween(columns: number, rows: number, from: number, to: number): number {
  let cells = 0;
  for (let level = from; level < to; level++) {
    cells += lengthAt(columns, level) * lengthAt(rows, level);
  }
  return cells;
}

/** A shelf at `base` for a block alone, of levels as fine as `room` cells allow. */
export function shelfIn({ columns, rows, depth }: Block, base: number, room: number): Shelf {
  const levels = levelCount(columns.length, rows.length);
  let finest = 0;
  const stride = (): number => cellsBetween(columns.length, rows.length, finest, levels);
  while (finest < levels - 1 && stride() * depth.length > room) finest += 1;
  return { base, stride: stride(), finest, levels };
}

/**
 * A shelf for every block, and how many cells they take together. While that is more than
 * `capacity`, the block that takes most gives up its finest level.
 */
export function shelve(
  blocks: readonly Block[],
  capacity: number,
): { shelves: Shelf[]; cells: number } {
  const plans = blocks.map(({ columns, rows, depth }) => {
    const levels = levelCount(columns.length, rows.length);
    const stride = cellsBetween(columns.length, rows.length, 0, levels);
    return {
      columns: columns.length,
      rows: rows.length,
      slabs: depth.length,
      levels,
      stride,
      finest: 0,
    };
  });
  let cells = plans.reduce((sum, plan) => sum + plan.stride * plan.slabs, 0);
  while (cells > capacity) {
    let largest = plans[0]!;
    for (const plan of plans) {
      if (plan.stride * plan.slabs > largest.stride * largest.slabs) largest = plan;
    }
    if (largest.finest === largest.levels - 1) break;
    const given = cellsBetween(largest.columns, largest.rows, largest.finest, largest.finest + 1);
    largest.finest += 1;
    largest.stride -= given;
    cells -= given * largest.slabs;
  }
  let base = 0;
  const shelves = plans.map(({ stride, finest, levels, slabs }) => {
    const shelf: Shelf = { base, stride, finest, levels };
    base += stride * slabs;
    return shelf;
  });
  return { shelves, cells: base };
}
