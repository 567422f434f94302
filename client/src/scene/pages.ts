/**
 * Pages: tiles of the levels that are too fine to be held whole, for what is near the viewer.
 *
 * Before the cells of a slab lies a table for each of those levels, with an entry for each tile: where the
 * finest page lies that is here of what the tile shows and is no finer than it (relative to the slab's
 * cells), and its level; a negative level: none is here, and the averages that are always here are shown.
 * So a cell whose own number has not come shows an average that it is part of, never another cell's number.
 */
import { TILE_SIDE } from "../bundle/tiles";
import { pagesAlong, type Shelf, tableAt } from "./levels";

/** Cells of a page. */
export const PAGE_CELLS = TILE_SIDE * TILE_SIDE;
/** The level in a table where no page is here. */
export const NO_PAGE = -1;

/** One tile of a level finer than what is held whole. */
export interface PagePlace {
  /** The block, by its id. */
  readonly block: number;
  readonly slab: number;
  readonly level: number;
  readonly row: number;
  readonly column: number;
}

interface Page extends PagePlace {
  readonly slot: number;
}

export class Pages {
  /** By where their own entry lies, the one that was wanted longest ago first. */
  private readonly pages = new Map<number, Page>();
  private readonly free: number[];

  constructor(
    /** Where the pages begin among the cells of their heap. */
    private readonly base: number,
    /** How many there is room for. */
    readonly slots: number,
    private readonly heap: { readonly pairs: Float32Array; readonly shelves: readonly Shelf[] },
    /** Cells have been written. */
    private readonly touch: (from: number, to: number) => void,
  ) {
    this.free = Array.from({ length: slots }, (_, i) => slots - 1 - i);
  }

  has(place: PagePlace): boolean {
    return this.pages.has(this.entryOf(place));
  }

  /** These, as far as they are here, are the last to make room for others. */
  keep(wanted: readonly PagePlace[]): void {
    const { pages } = this;
    // The first of them shall stay longest.
    for (let i = wanted.length - 1; i >= 0; i--) {
      const entry = this.entryOf(wanted[i]!);
      const page = pages.get(entry);
      if (page === undefined) continue;
      pages.delete(entry);
      pages.set(entry, page);
    }
  }

  /** Room for a page, in place of the one that was wanted longest ago; returns where its cells are to be put. */
  add(place: PagePlace): number {
    if (this.free.length === 0) this.remove(this.pages.entries().next().value!);
    const slot = this.free.pop()!;
    const page = { ...place, slot };
    this.pages.set(this.entryOf(place), page);
    const at = this.base + slot * PAGE_CELLS;
    this.touch(at, at + PAGE_CELLS);
    return at;
  }

  /** The cells of a page have been put where `add` said: from now on they are shown. */
  show(place: PagePlace): void {
    const page = this.pages.get(this.entryOf(place))!;
    this.enter(page, (level) => level === NO_PAGE || level > page.level, this.placeOf(page));
  }

  /** The pages of some blocks, by their ids, are not what these hold now. */
  forget(isMeant: (block: number) => boolean): void {
    for (const each of [...this.pages]) if (isMeant(each[1].block)) this.remove(each);
  }

  /** Where the cells of a page lie; null: it is not shown. */
  at(place: PagePlace): number | null {
    const entry = this.entryOf(place);
    const page = this.pages.get(entry);
    const isShown = page !== undefined && this.heap.pairs[2 * entry + 1] === place.level;
    return isShown ? this.base + page.slot * PAGE_CELLS : null;
  }

  private remove([entry, page]: [number, Page]): void {
    this.pages.delete(entry);
    this.free.push(page.slot);
    // What it showed is shown by the next coarser page that is here.
    const shelf = this.heap.shelves[page.block]!;
    let { row, column } = page;
    let next: [number, number] = [0, NO_PAGE];
    for (let level = page.level + 1; level < shelf.finest && next[1] === NO_PAGE; level++) {
      row >>= 1;
      column >>= 1;
      const above = this.pages.get(this.entryOf({ ...page, level, row, column }));
      if (above !== undefined && this.at(above) !== null) next = this.placeOf(above);
    }
    this.enter(page, (level) => level === page.level, next);
  }

  /** What stands in a table for a page: where its cells are, from those of its slab, and its level. */
  private placeOf({ block, slab, slot, level }: Page): [number, number] {
    return [this.base + slot * PAGE_CELLS - slabAt(this.heap.shelves[block]!, slab), level];
  }

  /** Put this into the entries of a page and of the finer tiles in it, where `isMeant` says so of what they have. */
  private enter(
    { block, slab, level: own, row, column }: Page,
    isMeant: (level: number) => boolean,
    [place, found]: [number, number],
  ): void {
    const { pairs, shelves } = this.heap;
    const shelf = shelves[block]!;
    for (let level = own; level >= 0; level--) {
      const side = 2 ** (own - level);
      const [across, down] = [pagesAlong(shelf.columns, level), pagesAlong(shelf.rows, level)];
      const table = slabAt(shelf, slab) + tableAt(shelf, shelf.finest, level);
      const last = Math.min((column + 1) * side, across);
      for (let y = row * side; y < Math.min((row + 1) * side, down); y++) {
        for (let x = column * side; x < last; x++) {
          const at = 2 * (table + y * across + x);
          if (!isMeant(pairs[at + 1]!)) continue;
          pairs[at] = place;
          pairs[at + 1] = found;
        }
        this.touch(table + y * across + column * side, table + y * across + last);
      }
    }
  }

  private entryOf({ block, slab, level, row, column }: PagePlace): number {
    const shelf = this.heap.shelves[block]!;
    const table = slabAt(shelf, slab) + tableAt(shelf, shelf.finest, level);
    return table + row * pagesAlong(shelf.columns, level) + column;
  }
}

/** Where the cells of a slab begin. */
export function slabAt({ base, stride }: Shelf, slab: number): number {
  return base + slab * stride;
}
