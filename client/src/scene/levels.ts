/**
 * Where each level of each slab lies in the one long array of values (the heap) that the GPU reads.
 *
 * A slab's levels follow one another, finest first; level `l` has ceil(n / 2^l) cells on a side,
 * down to a single cell. A tensor too large to be held whole starts at a coarser level; of its finer
 * levels single pages are held (see pages.ts), and before its cells lie the tables that say which.
 */
import { TILE_SIDE } from "../bundle/tiles";

/** How many cells there are to be held: those that have values, of a tensor as its box is laid out. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly slabs: number;
}

export interface Shelf extends Size {
  /** Position of the first kept level of slab 0, in cells. The tables of finer levels end here. */
  readonly base: number;
  /** Cells from one slab to the next. */
  readonly stride: number;
  /** The finest level that is kept whole. */
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

/** How many pages a level of a slab has along a side. */
export function pagesAlong(length: number, level: number): number {
  return Math.ceil(lengthAt(length, level) / TILE_SIDE);
}

/** Entries of the tables of all levels finer than `finest`. */
export function tableCells({ columns, rows }: Size, finest: number): number {
  let entries = 0;
  for (let level = 0; level < finest; level++) {
    entries += pagesAlong(columns, level) * pagesAlong(rows, level);
  }
  return entries;
}

/** Where the table of a level begins, from the base of its slab: the coarsest level's is the last. */
export function tableAt(size: Size, finest: number, level: number): number {
  return tableCells(size, level) - tableCells(size, finest);
}

/**
 * A shelf for each of these from `base` on, and how many cells they take together. While that is more than
 * `capacity`, the one that takes most gives up its finest level.
 */
export function shelve(
  sizes: readonly Size[],
  capacity: number,
  base = 0,
): { shelves: Shelf[]; cells: number } {
  const plans = sizes.map((size) => {
    const levels = levelCount(size.columns, size.rows);
    return { size, levels, finest: 0, stride: cellsBetween(size.columns, size.rows, 0, levels) };
  });
  let cells = plans.reduce((sum, { stride, size }) => sum + stride * size.slabs, 0);
  while (cells > capacity) {
    let largest = plans[0]!;
    for (const plan of plans) {
      if (plan.stride * plan.size.slabs > largest.stride * largest.size.slabs) largest = plan;
    }
    if (largest.finest === largest.levels - 1) break;
    const { size, levels } = largest;
    const before = largest.stride;
    largest.finest += 1;
    largest.stride =
      tableCells(size, largest.finest) +
      cellsBetween(size.columns, size.rows, largest.finest, levels);
    cells -= (before - largest.stride) * size.slabs;
  }
  let at = base;
  const shelves = plans.map(({ size, stride, finest, levels }) => {
    const shelf: Shelf = { ...size, base: at + tableCells(size, finest), stride, finest, levels };
    at += stride * size.slabs;
    return shelf;
  });
  return { shelves, cells: at - base };
}
