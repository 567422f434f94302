/**
 * The values of a model as the GPU reads them: pairs (mean, root mean square; see pairs.ts) of every level
 * of every slab, one after the other (see levels.ts), filled from the tiles of a run.
 */
import type { Tile, TileSource } from "../bundle/tiles";
import { TILE_SIDE } from "../bundle/tiles";
import type { Block } from "./blocks";
import { lengthAt, type Shelf, shelve, tableCells } from "./levels";
import { PAGE_CELLS, type PagePlace, Pages, slabAt } from "./pages";
import { blank, empty, MARK, writeTile } from "./pairs";
import { isAlike, isOfRun, NOTHING, roomFor, wholeOf } from "./rooms";

/** Cells in a row of the texture; a power of two, so that shaders need not divide. */
export const HEAP_WIDTH = 2048;

/** A heap that cannot hold all cells leaves some of the rows for other models. */
const MOST_SHARE = 0.9;
/** Shares of such a heap, at most: for weights, for the values of a run. The rest is for pages. */
const WEIGHTS_SHARE = 0.25;
const RUN_SHARE = 0.2;

/**
 * The values of one model; a piece of what the GPU holds (see store.ts). Where that cannot hold every
 * cell, large blocks are there as averages, and the pages that are near are there cell by cell too.
 */
export class Heap {
  /** Where each block lies now, by its id. */
  shelves: readonly Shelf[];
  /** How many rows of the texture it takes. */
  readonly rows: number;
  /** The largest finite magnitude in each block, by its id; 0 while there is none. */
  readonly scales: Float64Array;
  /** Where it begins in the texture, in cells. */
  first = 0;
  /** Cells of large blocks that are near; null where every cell has its place. */
  readonly pages: Pages | null = null;
  /** How many times blocks have been given other places. */
  moves = 0;
  /** Whether it is being filled, so that what it holds now is not for the screen. */
  isFilling = false;
  /** Whether the screen can show it: it has been filled, and what was sent to the GPU is still there. */
  isReady = false;
  /** As `scales`, of what it is being filled with. */
  private readonly found: Float64Array;
  private own: Float32Array | null = null;
  /** What each block was filled with last. */
  private readonly filled: (object | undefined)[] = [];
  private turn = 0;
  private readonly changed: [from: number, to: number][] = [];
  /** Pages that have been asked for and will come later. */
  private readonly coming = new Set<string>();
  /** The room for the values of a run; null: they have room at their full size. */
  private readonly room: { readonly base: number; readonly cells: number } | null = null;

  /** Room for every block in at most `rows` rows. */
  constructor(
    readonly blocks: readonly Block[],
    rows = 2040,
  ) {
    const full = shelve(blocks.map(wholeOf), HEAP_WIDTH * rows);
    let { cells } = full;
    this.shelves = full.shelves;
    this.scales = new Float64Array(blocks.length);
    this.found = new Float64Array(blocks.length);
    if (full.shelves.some(({ finest }) => finest > 0)) {
      const all = HEAP_WIDTH * Math.max(1, Math.floor(rows * MOST_SHARE));
      const sizes = blocks.map((block) => (isOfRun(block) ? NOTHING : wholeOf(block)));
      const weights = shelve(sizes, Math.floor(all * WEIGHTS_SHARE));
      this.shelves = weights.shelves;
      this.room = { base: weights.cells, cells: Math.floor(all * RUN_SHARE) };
      const base = Math.ceil((this.room.base + this.room.cells) / HEAP_WIDTH) * HEAP_WIDTH;
      const slots = Math.max(1, Math.floor((all - base) / PAGE_CELLS));
      cells = base + slots * PAGE_CELLS;
      const touch = (from: number, to: number): void => void this.changed.push([from, to]);
      this.pages = new Pages(base, slots, this, touch);
    }
    this.rows = Math.max(1, Math.ceil(cells / HEAP_WIDTH));
  }

  /** All of it: two numbers for each cell. */
  get pairs(): Float32Array {
    this.own ??= new Float32Array(HEAP_WIDTH * this.rows * 2);
    return this.own;
  }

  /** Go on in another array, which begins at cell `first` of the texture. */
  moveTo(pairs: Float32Array, first: number): void {
    if (this.own !== null) {
      pairs.set(this.own);
      this.changed.push([0, this.rows * HEAP_WIDTH]);
    }
    if (this.isFilling) this.isReady = false;
    this.own = pairs;
    this.first = first;
  }

  /** The cells that have been written since this was last asked, as ranges in order without overlaps. */
  takeChanges(): [from: number, to: number][] {
    const ranges = this.changed.splice(0).sort(([a], [b]) => a - b);
    const joined: [number, number][] = [];
    for (const [from, to] of ranges) {
      const last = joined.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else joined.push([from, to]);
    }
    return joined;
  }

  /** Whether a block is there as averages, and cell by cell only where it is near. */
  isCoarse(block: Block): boolean {
    return this.shelves[block.id]!.finest > 0;
  }

  /** Bring a page here; where its tile comes later, `onArrival` is called when it has been put. */
  load(place: PagePlace, source: TileSource, onArrival: () => void): void {
    const pages = this.pages!;
    const { turn, coming } = this;
    const { tensor } = this.blocks[place.block]!;
    const key = `${tensor} ${place.slab} ${place.level} ${place.row} ${place.column}`;
    if (coming.has(key)) return;
    const put = (tile: Tile): void => {
      const at = pages.add(place);
      // Beyond the end of the tensor, or of the run, lies what was in this place before.
      if (tile.columns * tile.rows < PAGE_CELLS) {
        empty(this.pairs.subarray(at * 2, (at + PAGE_CELLS) * 2));
      }
      this.put(place.block, at, TILE_SIDE, tile, false);
      pages.show(place);
    };
    const tile = source.tile({ ...place, tensor });
    if (!(tile instanceof Promise)) {
      put(tile);
      return;
    }
    coming.add(key);
    void tile.then((late) => {
      coming.delete(key);
      if (turn !== this.turn || this.isFilling || pages.has(place)) return;
      put(late);
      onArrival();
    });
  }

  /** `filling`, without a pause. */
  fill(source: TileSource, onArrival: () => void): void {
    for (const _ of this.filling(source, onArrival));
  }

  /**
   * Fill with the values of a run, piece by piece: it may pause between any two. Tiles that a source
   * has at once are in place at the end; for others `onArrival` is called each time some have come,
   * until the next filling begins. A block whose values are those of the last time is left alone.
   */
  *filling(source: TileSource, onArrival: () => void): Generator<void> {
    const turn = ++this.turn;
    this.isFilling = true;
    this.makeRoom(source);
    for (const block of this.blocks) {
      const values = source.identity?.(block.tensor);
      if (values !== undefined && values === this.filled[block.id]) continue;
      // Known as filled once it is: another filling may begin in the middle of this one.
      this.filled[block.id] = undefined;
      yield* this.fillBlock(block, source, () => turn === this.turn, onArrival);
      this.filled[block.id] = values;
    }
    for (const _ of source.preparing?.(null) ?? []);
    this.scales.set(this.found);
    this.isFilling = false;
    this.isReady = true;
  }

  /** Places for the values of a run, where there is no room for what the longest run would have. */
  private makeRoom(source: TileSource): void {
    const { room, blocks } = this;
    if (room === null) return;
    const ofRun = blocks.filter(isOfRun);
    const sizes = ofRun.map((block) => roomFor(block, source));
    const isSame = ofRun.every((block, i) => isAlike(this.shelves[block.id]!, sizes[i]!));
    if (isSame) return;
    this.pages?.forget((id) => isOfRun(blocks[id]!));
    const { shelves } = shelve(sizes, room.cells, room.base);
    const moved = [...this.shelves];
    ofRun.forEach((block, i) => {
      moved[block.id] = shelves[i]!;
      this.filled[block.id] = undefined;
    });
    this.shelves = moved;
    this.moves += 1;
  }

  private *fillBlock(
    block: Block,
    source: TileSource,
    isWanted: () => boolean,
    onArrival: () => void,
  ): Generator<void> {
    const shelf = this.shelves[block.id]!;
    this.pages?.forget((id) => id === block.id);
    for (let slab = 0; slab < shelf.slabs; slab++) {
      const base = slabAt(shelf, slab);
      const end = base + shelf.stride - tableCells(shelf, shelf.finest);
      const table = base - tableCells(shelf, shelf.finest);
      empty(this.pairs.subarray(base * 2, end * 2));
      blank(this.pairs.subarray(table * 2, base * 2));
      this.changed.push([table, end]);
    }
    this.found[block.id] = 0;
    const extent = source.extent(block.tensor);
    if (extent.columns === 0 || extent.rows === 0) return;
    for (let slab = 0; slab < Math.min(extent.slabs, shelf.slabs); slab++) {
      const of = { tensor: block.tensor, slab, level: shelf.finest };
      yield* source.preparing?.(of) ?? [];
      const largest = source.largest?.(block.tensor) ?? 0;
      this.found[block.id] = Math.max(this.found[block.id]!, largest);
      let base = slabAt(shelf, slab);
      for (let level = shelf.finest; level < shelf.levels; level++) {
        const columns = lengthAt(shelf.columns, level);
        const rows = Math.ceil(lengthAt(extent.rows, level) / TILE_SIDE);
        const across = Math.ceil(lengthAt(extent.columns, level) / TILE_SIDE);
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < across; column++) {
            const at = base + row * TILE_SIDE * columns + column * TILE_SIDE;
            const tile = source.tile({ tensor: block.tensor, slab, level, row, column });
            const put = (tile: Tile): void =>
              this.put(block.id, at, columns, tile, level === shelf.finest);
            if (!(tile instanceof Promise)) put(tile);
            else {
              void tile.then((late) => {
                if (!isWanted()) return;
                put(late);
                this.changed.push([at, at + late.rows * columns]);
                if (!this.isFilling) this.scales.set(this.found);
                onArrival();
              });
            }
          }
          yield;
        }
        base += columns * lengthAt(shelf.rows, level);
      }
    }
  }

  /**
   * The pair of one cell at a level: [mean, root mean square], or [0, mark]; null where it is not here at
   * that level, and [0, empty] past the end of the run.
   */
  at(
    block: Block,
    slab: number,
    level: number,
    row: number,
    column: number,
  ): [number, number] | null {
    const shelf = this.shelves[block.id]!;
    const [columns, rows] = [lengthAt(shelf.columns, level), lengthAt(shelf.rows, level)];
    if (column >= columns || row >= rows || slab >= shelf.slabs) return [0, MARK.empty];
    let at: number | null;
    if (level < shelf.finest) {
      const tile = {
        row: Math.floor(row / TILE_SIDE),
        column: Math.floor(column / TILE_SIDE),
      };
      at = this.pages!.at({ block: block.id, slab, level, ...tile });
      if (at === null) return null;
      at += (row % TILE_SIDE) * TILE_SIDE + (column % TILE_SIDE);
    } else {
      at = slabAt(shelf, slab) + row * columns + column;
      for (let l = shelf.finest; l < level; l++) {
        at += lengthAt(shelf.columns, l) * lengthAt(shelf.rows, l);
      }
    }
    return [this.pairs[2 * at]!, this.pairs[2 * at + 1]!];
  }

  private put(id: number, at: number, stride: number, tile: Tile, isFinest: boolean): void {
    const largest = writeTile(this.pairs, at, stride, tile);
    if (isFinest) this.found[id] = Math.max(this.found[id]!, largest);
  }
}
