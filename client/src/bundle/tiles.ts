/**
 * Values in the form the renderer reads: tiles of at most 256 x 256 cells, at the level of detail
 * that the screen can show. Level 0 holds the cells themselves; each level halves both sides and
 * keeps the mean and the root mean square of the finite cells it stands for. A cell with none behind it
 * shows what is there instead: NaN before infinity before minus infinity.
 *
 * A tensor is seen as slabs of rows and columns, the way its box in the scene is laid out. Large
 * models answer the same requests from a server; `MemoryTiles` answers them from arrays in memory.
 */
import { stackOf } from "./model";
import { stridesOf, type Values } from "./values";
import type * as wire from "./wire";

export const TILE_SIDE = 256;

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
  tile(request: TileRequest): Promise<Tile> | Tile;
}

/** A level of one slab: [mean, root mean square] of each cell. */
interface Plane {
  readonly columns: number;
  readonly rows: number;
  readonly data: Float32Array;
  /** How many finite cells of level 0 each cell stands for. */
  readonly counts: Uint32Array;
}

interface Layout extends Extent {
  readonly strides: { readonly columns: number; readonly rows: number; readonly slabs: number };
}

const NO_TILE = { columns: 0, rows: 0, data: new Float32Array(0), counts: new Uint32Array(0) };

export class MemoryTiles implements TileSource {
  /** The levels of one tensor at a time: those of a large model would take several times its memory. */
  private readonly planes = new Map<string, Plane>();
  private planesOf = "";

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
    const plane = this.plane(tensor, slab, level);
    const left = column * TILE_SIDE;
    const top = row * TILE_SIDE;
    const columns = Math.min(plane.columns - left, TILE_SIDE);
    const rows = Math.min(plane.rows - top, TILE_SIDE);
    if (columns <= 0 || rows <= 0) return NO_TILE;
    if (columns === plane.columns && rows === plane.rows) return plane;
    const data = new Float32Array(columns * rows * 2);
    for (let y = 0; y < rows; y++) {
      const from = ((top + y) * plane.columns + left) * 2;
      data.set(plane.data.subarray(from, from + columns * 2), y * columns * 2);
    }
    return { columns, rows, data };
  }

  private plane(tensor: string, slab: number, level: number): Plane {
    if (tensor !== this.planesOf) this.planes.clear();
    this.planesOf = tensor;
    const key = `${tensor}/${slab}/${level}`;
    let plane = this.planes.get(key);
    if (plane === undefined) {
      const layout = this.layout(tensor);
      if (slab < 0 || slab >= layout.slabs) return NO_TILE;
      plane =
        level === 0
          ? this.cells(tensor, slab, layout)
          : halved(this.plane(tensor, slab, level - 1));
      this.planes.set(key, plane);
    }
    return plane;
  }

  private cells(tensor: string, slab: number, { columns, rows, strides }: Layout): Plane {
    const values = this.values.get(tensor)!.data;
    const data = new Float32Array(columns * rows * 2);
    const counts = new Uint32Array(columns * rows);
    let to = 0;
    for (let y = 0; y < rows; y++) {
      let from = slab * strides.slabs + y * strides.rows;
      for (let x = 0; x < columns; x++, from += strides.columns, to++) {
        const value = values[from]!;
        data[2 * to] = value;
        data[2 * to + 1] = Math.abs(value);
        counts[to] = Number.isFinite(value) ? 1 : 0;
      }
    }
    return { columns, rows, data, counts };
  }

  /** The lengths and the steps in memory of the axes that run right, down and away. */
  private layout(tensor: string): Layout {
    const array = this.values.get(tensor);
    const { spec, layer, axes } = this.values.model.tensor(tensor);
    const box = boxOf(this.values.model.spec.scene.boxes, spec.name, layer);
    const none = { columns: 0, rows: 0, slabs: 0 };
    if (array === undefined || box === undefined) return { ...none, strides: none };
    const strides = stridesOf(array.shape);
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

/** The next level: each cell stands for up to two by two cells of `plane`, weighted by their counts. */
function halved(plane: Plane): Plane {
  const columns = Math.ceil(plane.columns / 2);
  const rows = Math.ceil(plane.rows / 2);
  const data = new Float32Array(columns * rows * 2);
  const counts = new Uint32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      let squares = 0;
      let count = 0;
      let other = -Infinity;
      for (let v = 2 * y; v < Math.min(2 * y + 2, plane.rows); v++) {
        for (let u = 2 * x; u < Math.min(2 * x + 2, plane.columns); u++) {
          const from = v * plane.columns + u;
          const mean = plane.data[2 * from]!;
          const finite = plane.counts[from]!;
          if (finite === 0) {
            if (Number.isNaN(mean) || mean > other) other = mean;
            continue;
          }
          sum += finite * mean;
          squares += finite * plane.data[2 * from + 1]! ** 2;
          count += finite;
        }
      }
      const to = y * columns + x;
      data[2 * to] = count > 0 ? sum / count : other;
      data[2 * to + 1] = count > 0 ? Math.sqrt(squares / count) : Math.abs(other);
      counts[to] = count;
    }
  }
  return { columns, rows, data, counts };
}
