/**
 * Levels of detail of one slab of values: level 0 holds the cells themselves; each level halves both sides
 * and keeps the mean and the root mean square of the finite cells it stands for. A cell with none behind
 * it shows what is there instead: NaN before infinity before minus infinity.
 */

/** The cells of one slab, where they lie in the array of their tensor. */
export interface Cells {
  readonly data: Float32Array | Int32Array;
  readonly first: number;
  readonly columns: number;
  readonly rows: number;
  /** From a cell to the one at its right, and to the one below. */
  readonly across: number;
  readonly down: number;
}

/** A part of a level of a slab: [mean, root mean square] of each cell, row by row. */
export interface Plane {
  readonly columns: number;
  readonly rows: number;
  readonly data: Float32Array;
  /** How many finite cells of level 0 each cell stands for. */
  readonly counts: Uint32Array;
}

/** Which part of a level: its first cell and its size, in cells of that level. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

export function planeOf(columns: number, rows: number): Plane {
  const count = columns * rows;
  return { columns, rows, data: new Float32Array(count * 2), counts: new Uint32Array(count) };
}

/** A plane with the part of a level that `region` says, straight from the cells. */
export function averagesOf(cells: Cells, level: number, region: Region): Plane {
  const plane = planeOf(region.columns, region.rows);
  putAverages(plane, cells, level, region, 0, region.rows);
  return plane;
}

/** The rows from `from` to before `to` of such a plane. */
export function putAverages(
  { data, counts, columns }: Plane,
  cells: Cells,
  level: number,
  { left, top }: Region,
  from: number,
  to: number,
): void {
  const { data: values, first, across, down } = cells;
  const side = 2 ** level;
  for (let y = from; y < to; y++) {
    const firstRow = (top + y) * side;
    const lastRow = Math.min(firstRow + side, cells.rows);
    for (let x = 0; x < columns; x++) {
      const firstColumn = (left + x) * side;
      const lastColumn = Math.min(firstColumn + side, cells.columns);
      let sum = 0;
      let squares = 0;
      let count = 0;
      let other = -Infinity;
      for (let v = firstRow; v < lastRow; v++) {
        let at = first + v * down + firstColumn * across;
        for (let u = firstColumn; u < lastColumn; u++, at += across) {
          const value = values[at]!;
          if (value - value === 0) {
            sum += value;
            squares += value * value;
            count += 1;
          } else if (value !== value || value > other) other = value;
        }
      }
      put(data, counts, y * columns + x, sum, squares, count, other);
    }
  }
}

/** The rows from `from` to before `to` of the level after `finer`: each cell stands for two by two of that. */
export function putHalved(
  { data, counts, columns }: Plane,
  finer: Plane,
  from: number,
  to: number,
): void {
  for (let y = from; y < to; y++) {
    const lastRow = Math.min(2 * y + 2, finer.rows);
    for (let x = 0; x < columns; x++) {
      const lastColumn = Math.min(2 * x + 2, finer.columns);
      let sum = 0;
      let squares = 0;
      let count = 0;
      let other = -Infinity;
      for (let v = 2 * y; v < lastRow; v++) {
        for (let u = 2 * x; u < lastColumn; u++) {
          const at = v * finer.columns + u;
          const mean = finer.data[2 * at]!;
          const finite = finer.counts[at]!;
          if (finite > 0) {
            sum += finite * mean;
            squares += finite * finer.data[2 * at + 1]! ** 2;
            count += finite;
          } else if (mean !== mean || mean > other) other = mean;
        }
      }
      put(data, counts, y * columns + x, sum, squares, count, other);
    }
  }
}

function put(
  data: Float32Array,
  counts: Uint32Array,
  at: number,
  sum: number,
  squares: number,
  count: number,
  other: number,
): void {
  data[2 * at] = count > 0 ? sum / count : other;
  data[2 * at + 1] = count > 0 ? Math.sqrt(squares / count) : Math.abs(other);
  counts[at] = count;
}
