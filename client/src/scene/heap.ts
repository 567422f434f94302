/**
 * The values of a model as the GPU reads them: pairs (mean, root mean square) of every level of
 * every slab, one after the other (see levels.ts), filled from the tiles of a run.
 *
 * Shaders cannot be trusted to recognise NaN or infinity, so that what is not a finite number is
 * written as a mean of 0 and a negative second entry, one of `MARK`.
 */
import type { TileSource } from "../bundle/tiles";
import { TILE_SIDE } from "../bundle/tiles";
import type { Block } from "./blocks";
import { lengthAt, shelfIn, shelve, type Shelf } from "./levels";

/** What the second entry of a pair says when it is negative. */
export const MARK = {
  empty: -1,
  nan: -2,
  plusInfinity: -3,
  minusInfinity: -4,
} as const;

/** Cells in a row of the texture; a power of two, so that shaders need not divide. */
export const HEAP_WIDTH = 2048;

/** Of a heap that cannot hold all cells, the part that is kept for blocks that are near. */
const NEAR_SHARE = 0.6;
/** Such a heap leaves some of the rows for other models. */
const MOST_SHARE = 0.9;

/**
 * The values of one model; a piece of what the GPU holds (see store.ts). Where that cannot hold every
 * cell, large blocks are there as averages, and those that are near are there cell by cell too.
 */
export class Heap {
  /** Where each block lies now, by its id. */
  readonly shelves: Shelf[];
  /** How many rows of the texture it takes. */
  readonly rows: number;
  /** The largest finite magnitude in each block, by its id; 0 while there is none. */
  readonly scales: Float64Array;
  /** Where it begins in the texture, in cells. */
  first = 0;
  pairs: Float32Array;
  /** What each block was filled with last. */
  private readonly filled: (object | undefined)[] = [];
  private turn = 0;
  /** Where blocks lie that are not near. */
  private readonly far: readonly Shelf[];
  /** The cells for blocks that are near, and how many of them are taken. */
  private readonly room: { readonly base: number; readonly cells: number };
  private taken = 0;

  /** Room for every block in at most `rows` rows. */
  constructor(
    readonly blocks: readonly Block[],
    rows = 2040,
  ) {
    let all = HEAP_WIDTH * rows;
    let { shelves, cells } = shelve(blocks, all);
    this.room = { base: 0, cells: 0 };
    if (shelves.some(({ finest }) => finest > 0)) {
      all = HEAP_WIDTH * Math.floor(rows * MOST_SHARE);
      ({ shelves, cells } = shelve(blocks, Math.floor(all * (1 - NEAR_SHARE))));
      this.room = { base: cells, cells: all - cells };
      cells = all;
    }
    this.far = shelves;
    this.shelves = [...shelves];
    this.rows = Math.max(1, Math.ceil(cells / HEAP_WIDTH));
    this.pairs = new Float32Array(HEAP_WIDTH * this.rows * 2);
    this.scales = new Float64Array(blocks.length);
    empty(this.pairs);
  }

  /** Go on in another array, which begins at cell `first` of the texture. */
  moveTo(pairs: Float32Array, first: number): void {
    pairs.set(this.pairs);
    this.pairs = pairs;
    this.first = first;
  }

  /** Whether a block is there as averages only, unless it is near. */
  isCoarse(block: Block): boolean {
    return this.far[block.id]!.finest > 0;
  }

  /**
   * Hold these blocks, the nearest first, cell by cell as far as there is room. After each step `shelves`
   * is as what was filled; nothing happens where they are there already.
   */
  *nearing(near: readonly Block[], source: TileSource, onArrival: () => void): Generator<void> {
    const wanted = near.filter((block) => this.isCoarse(block));
    const { far, shelves, room } = this;
    const isFar = (block: Block): boolean => shelves[block.id] === far[block.id];
    const place = (block: Block): Shelf =>
      shelfIn(block, room.base + this.taken, room.cells - this.taken);
    const isBetter = (block: Block): boolean => place(block).finest < shelves[block.id]!.finest;
    const [first] = wanted;
    const isCrowded = first !== undefined && isFar(first) && place(first).finest > 0;
    if (isCrowded && this.taken > 0) {
      this.taken = 0;
      shelves.splice(0, shelves.length, ...far);
      yield;
    }
    for (const block of wanted) {
      if (!isFar(block) || !isBetter(block)) continue;
      const shelf = place(block);
      this.taken += shelf.stride * block.depth.length;
      shelves[block.id] = shelf;
      const turn = this.turn;
      this.fillBlock(block, shelf, source, () => turn === this.turn, onArrival);
      yield;
    }
  }

  /** `filling`, without a pause. */
  fill(source: TileSource, onArrival: () => void): void {
    for (const _ of this.filling(source, onArrival));
  }

  /**
   * Fill with the values of a run, block by block: it may pause between any two. Tiles that a source
   * has at once are in place at the end; for others `onArrival` is called each time some have come,
   * until the next filling begins. A block whose values are those of the last time is left alone.
   */
  *filling(source: TileSource, onArrival: () => void): Generator<void> {
    const turn = ++this.turn;
    for (const block of this.blocks) {
      const values = source.identity?.(block.tensor);
      if (values !== undefined && values === this.filled[block.id]) continue;
      this.filled[block.id] = values;
      const isWanted = (): boolean => turn === this.turn;
      const places = new Set([this.far[block.id]!, this.shelves[block.id]!]);
      for (const shelf of places) {
        if (this.fillBlock(block, shelf, source, isWanted, onArrival)) yield;
      }
    }
  }

  private fillBlock(
    block: Block,
    shelf: Shelf,
    source: TileSource,
    isWanted: () => boolean,
    onArrival: () => void,
  ): boolean {
    const end = shelf.base + shelf.stride * block.depth.length;
    empty(this.pairs.subarray(shelf.base * 2, end * 2));
    this.scales[block.id] = source.largest?.(block.tensor) ?? 0;
    const extent = source.extent(block.tensor);
    if (extent.columns === 0 || extent.rows === 0) return false;
    for (let slab = 0; slab < Math.min(extent.slabs, block.depth.length); slab++) {
      let base = shelf.base + slab * shelf.stride;
      for (let level = shelf.finest; level < shelf.levels; level++) {
        const columns = lengthAt(block.columns.length, level);
        const rows = Math.ceil(lengthAt(extent.rows, level) / TILE_SIDE);
        for (let row = 0; row < rows; row++) {
          const across = Math.ceil(lengthAt(extent.columns, level) / TILE_SIDE);
          for (let column = 0; column < across; column++) {
            const at = base + row * TILE_SIDE * columns + column * TILE_SIDE;
            const tile = source.tile({ tensor: block.tensor, slab, level, row, column });
            const put = (tile: { columns: number; rows: number; data: Float32Array }): void =>
              this.put(block.id, at, columns, tile, level === shelf.finest);
            if (!(tile instanceof Promise)) put(tile);
            else {
              void tile.then((late) => {
                if (!isWanted()) return;
                put(late);
                onArrival();
              });
            }
          }
        }
        base += columns * lengthAt(block.rows.length, level);
      }
    }
    return true;
  }

  /** The pair of one cell at a level: [mean, root mean square], or [0, mark]. */
  at(block: Block, slab: number, level: number, row: number, column: number): [number, number] {
    const shelf = this.shelves[block.id]!;
    let at = shelf.base + slab * shelf.stride;
    for (let l = shelf.finest; l < level; l++) {
      at += lengthAt(block.columns.length, l) * lengthAt(block.rows.length, l);
    }
    at += row * lengthAt(block.columns.length, level) + column;
    return [this.pairs[2 * at]!, this.pairs[2 * at + 1]!];
  }

  private put(
    id: number,
    at: number,
    stride: number,
    tile: { columns: number; rows: number; data: Float32Array },
    isFinest: boolean,
  ): void {
    let from = 0;
    let largest = this.scales[id]!;
    for (let row = 0; row < tile.rows; row++) {
      let to = (at + row * stride) * 2;
      for (let column = 0; column < tile.columns; column++, from += 2, to += 2) {
        const mean = tile.data[from]!;
        if (Number.isFinite(mean)) {
          const spread = tile.data[from + 1]!;
          this.pairs[to] = mean;
          this.pairs[to + 1] = Number.isFinite(spread) ? spread : Math.abs(mean);
          if (isFinest && Math.abs(mean) > largest) largest = Math.abs(mean);
        } else {
          this.pairs[to] = 0;
          this.pairs[to + 1] = markOf(mean);
        }
      }
    }
    this.scales[id] = largest;
  }
}

/** Every pair is that of a cell without a value. */
export function empty(pairs: Float32Array): void {
  for (let i = 0; i < pairs.length; i += 2) {
    pairs[i] = 0;
    pairs[i + 1] = MARK.empty;
  }
}

/** What stands for a number that is not finite. */
export function markOf(number: number): number {
  if (Number.isNaN(number)) return MARK.nan;
  return number > 0 ? MARK.plusInfinity : MARK.minusInfinity;
}
