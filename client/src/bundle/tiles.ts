/**
 * Values in the form the renderer reads: square tiles of cells, at the level of detail that the screen can
 * show (see averages.ts).
 *
 * A tensor is seen as slabs of rows and columns, the way its box in the scene is laid out. Large models
 * could answer the same requests from a server; `MemoryTiles` answers them from arrays in memory: single
 * tiles straight from the numbers, a whole slab (`preparing`) in small pieces and without ever holding more
 * than its averages.
 */
import { averagesOf, type Cells, type Plane, planeOf, putAverages, putHalved } from "./averages";
import { stackOf } from "./model";
import { stepsOf, type Values } from "./values";
import type * as wire from "./wire";

/** Cells on each side of a tile; a power of two, so that shaders need not divide. */
export const TILE_SIDE = 64;

export interface TileRequest {
  /** Full name. */
  readonly tensor: string;
  /** Position along the box's depth axis; 0 when it has none. */
  readonly slab: number;
  readonly level: number;
  /** Position of the tile, counted in tiles. */
  readonly row: number;
  readonly column: number;
}

export interface Tile {
  /** Cells of this tile; 0 where the run has no values. */
  readonly columns: number;
  readonly rows: number;
  /** [mean, root mean square] of each cell, row by row. */
  readonly data: Float32Array;
}

export interface Extent {
  readonly columns: number;
  readonly rows: number;
  readonly slabs: number;
}

export interface TileSource {
  /** The cells that have values, at level 0; all 0 when there are none. */
  extent(tensor: string): Extent;
  /** An object that is the same as long as all values of the tensor are; undefined: not known. */
  identity?(tensor: string): object | undefined;
  /** The largest finite magnitude of the tensor, where it is known without looking at all tiles. */
  largest?(tensor: string): number;
  /**
   * Get ready, piece by piece, to hand out all tiles of a slab from this level on at once and cheaply;
   * null: all has been asked for, and what was kept for it may go.
   */
  preparing?(slab: { tensor: string; slab: number; level: number } | null): Iterable<void>;
  tile(request: TileRequest): Promise<Tile> | Tile;
}

interface Layout extends Extent {
  readonly strides: { readonly columns: number; readonly rows: number; readonly slabs: number };
}

const NO_TILE: Tile = { columns: 0, rows: 0, data: new Float32Array(0) };
/** Numbers that are looked at between two pauses: about a millisecond. */
const PIECE = 150_000;

export class MemoryTiles implements TileSource {
  /** Levels of the slab that was prepared last. */
  private planes: { readonly of: string; readonly levels: Map<number, Plane> } | null = null;

  constructor(private readonly values: Values) {}

  extent(tensor: string): Extent {
    const { columns, rows, slabs } = this.layout(tensor);
    return { columns, rows, slabs };
  }

  identity(tensor: string): object | undefined {
    return this.values.get(tensor);
  }

  largest(tensor: string): number {
    const { min, max } = this.values.summary(tensor) ?? { min: 0, max: 0 };
    return Math.max(Math.abs(min), Math.abs(max));
  }

  tile({ tensor, slab, level, row, column }: TileRequest): Tile {
    const cells = this.cells(tensor, slab);
    if (cells === null) return NO_TILE;
    const left = column * TILE_SIDE;
    const top = row * TILE_SIDE;
    const columns = Math.min(Math.ceil(cells.columns / 2 ** level) - left, TILE_SIDE);
    const rows = Math.min(Math.ceil(cells.rows / 2 ** level) - top, TILE_SIDE);
    if (columns <= 0 || rows <= 0) return NO_TILE;
    const { planes } = this;
    const plane = planes?.of === `${tensor}/${slab}` ? planes.levels.get(level) : undefined;
    if (plane === undefined) return averagesOf(cells, level, { left, top, columns, rows });
    const data = new Float32Array(columns * rows * 2);
    for (let y = 0; y < rows; y++) {
      const from = ((top + y) * plane.columns + left) * 2;
      data.set(plane.data.subarray(from, from + columns * 2), y * columns * 2);
    }
    return { columns, rows, data };
  }

  *preparing(of: { tensor: string; slab: number; level: number } | null): Generator<void> {
    this.planes = null;
    if (of === null) return;
    const { tensor, slab, level } = of;
    yield* this.values.summarizing(tensor);
    const cells = this.cells(tensor, slab);
    if (cells === null) return;
    const levels = new Map<number, Plane>();
    // Single cells are as quick to read where they are.
    let at = Math.max(level, 1);
    const length = (side: number): number => Math.max(1, Math.ceil(side / 2 ** at));
    let plane = planeOf(length(cells.columns), length(cells.rows));
    const whole = { left: 0, top: 0, columns: plane.columns, rows: plane.rows };
    const { rows } = plane;
    const step = Math.max(1, Math.floor(PIECE / (cells.columns * 2 ** at)));
    for (let from = 0; from < rows; from += step) {
      putAverages(plane, cells, at, whole, from, Math.min(from + step, rows));
      yield;
    }
    levels.set(at, plane);
    while (plane.columns > 1 || plane.rows > 1) {
      at += 1;
      const finer = plane;
      plane = planeOf(length(cells.columns), length(cells.rows));
      const step = Math.max(1, Math.floor(PIECE / (finer.columns * 4)));
      for (let from = 0; from < plane.rows; from += step) {
        putHalved(plane, finer, from, Math.min(from + step, plane.rows));
        yield;
      }
      levels.set(at, plane);
    }
    this.planes = { of: `${tensor}/${slab}`, levels };
  }

  /** The cells of a slab; null where there are none. */
  private cells(tensor: string, slab: number): Cells | null {
    const { columns, rows, slabs, strides } = this.layout(tensor);
    if (slab < 0 || slab >= slabs || columns === 0 || rows === 0) return null;
    return {
      data: this.values.get(tensor)!.data,
      first: slab * strides.slabs,
      columns,
      rows,
      across: strides.columns,
      down: strides.rows,
    };
  }

  /** The lengths and the steps in memory of the axes that run right, down and away. */
  private layout(tensor: string): Layout {
    const array = this.values.get(tensor);
    const { spec, layer, axes } = this.values.model.tensor(tensor);
    const box = boxOf(this.values.model.spec.scene.boxes, spec.name, layer);
    const none = { columns: 0, rows: 0, slabs: 0 };
    if (array === undefined || box === undefined) return { ...none, strides: none };
    const strides = stepsOf(array);
    const side = (name: string | null | undefined): [number, number] => {
      if (name == null) return [1, 0];
      const axis = axes.findIndex((each) => each.name === name);
      if (axis < 0) {
        const stack = layer === null ? "" : ` (stack ${stackOf(spec.name)})`;
        throw new Error(
          `the box of ${tensor}${stack} is laid out along ${name}, not one of its axes`,
        );
      }
      return [array.shape[axis]!, strides[axis]!];
    };
    const [columns, columnStride] = side(box.columns);
    const [rows, rowStride] = side(box.rows);
    const [slabs, slabStride] = side(box.depth);
    return {
      columns,
      rows,
      slabs,
      strides: { columns: columnStride, rows: rowStride, slabs: slabStride },
    };
  }
}

/** Where the tensor of that template name stands in a layer; a box may be for some layers only. */
function boxOf(boxes: wire.Box[], name: string, layer: number | null): wire.Box | undefined {
  const isFor = ({ layers = [] }: wire.Box): boolean =>
    layers.length === 0 || (layer !== null && layers.includes(layer));
  return boxes.find((box) => box.tensor === name && isFor(box));
}
