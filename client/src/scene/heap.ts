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
import { lengthAt, shelve, type Shelf } from "./levels";

/** What the second entry of a pair says when it is negative. */
export const MARK = {
  empty: -1,
  nan: -2,
  plusInfinity: -3,
  minusInfinity: -4,
} as const;

/** Cells in a row of the texture; a power of two, so that shaders need not divide. */
export const HEAP_WIDTH = 2048;
/** Rows at the end for numbers that belong to no tensor, such as products in flight. */
const SCRATCH_ROWS = 8;

export class Heap {
  readonly shelves: readonly Shelf[];
  readonly pairs: Float32Array;
  readonly width = HEAP_WIDTH;
  readonly height: number;
  /** The largest finite magnitude in each block, by its id; 0 while there is none. */
  readonly scales: Float64Array;
  /** Where the numbers begin that belong to no tensor, and how many there can be. */
  readonly scratch: number;
  readonly scratchCells = SCRATCH_ROWS * HEAP_WIDTH;
  private turn = 0;

  /** Room for every block in a texture of at most `rows` rows; every WebGL2 has 2048. */
  constructor(
    readonly blocks: readonly Block[],
    rows = 2048,
  ) {
    const { shelves, cells } = shelve(blocks, HEAP_WIDTH * (Math.min(rows, 4096) - SCRATCH_ROWS));
    this.shelves = shelves;
    this.scratch = Math.max(1, Math.ceil(cells / this.width)) * this.width;
    this.height = this.scratch / this.width + SCRATCH_ROWS;
    this.pairs = new Float32Array(this.width * this.height * 2);
    this.scales = new Float64Array(blocks.length);
    this.clear();
  }

  /** Every cell is empty again. */
  clear(): void {
    for (let i = 0; i < this.pairs.length; i += 2) {
      this.pairs[i] = 0;
      this.pairs[i + 1] = MARK.empty;
    }
    this.scales.fill(0);
  }

  /**
   * Fill with the values of a run. Tiles that a source has at once are in place on return; for
   * others `onArrival` is called each time some have come, until `fill` is called again.
   */
  fill(source: TileSource, onArrival: () => void): void {
    const turn = ++this.turn;
    this.clear();
    for (const block of this.blocks) {
      const shelf = this.shelves[block.id]!;
      const extent = source.extent(block.tensor);
      if (extent.columns === 0 || extent.rows === 0) continue;
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
                  if (turn !== this.turn) return;
                  put(late);
                  onArrival();
                });
              }
            }
          }
          base += columns * lengthAt(block.rows.length, level);
        }
      }
    }
  }

  /** Numbers that belong to no tensor, from the `at`th place of those on; returns where they lie. */
  putScratch(at: number, numbers: ArrayLike<number>): number {
    const base = this.scratch + at;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!;
      const isNumber = Number.isFinite(number);
      this.pairs[2 * (base + i)] = isNumber ? number : 0;
      this.pairs[2 * (base + i) + 1] = isNumber ? Math.abs(number) : markOf(number);
    }
    return base;
  }

  /** The pair of a cell at a level, for tests and for printing values. */
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

/** What stands for a number that is not finite. */
function markOf(number: number): number {
  if (Number.isNaN(number)) return MARK.nan;
  return number > 0 ? MARK.plusInfinity : MARK.minusInfinity;
}
