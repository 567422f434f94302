/** Reductions: matrix products for sums of two factors, plain loops for all others. */
import { denseStrides, offsets, sizeOf, type ArrayView, type Data, type Variable } from "./view";

/**
 * The sum of `a * b` over the axes of `over`, as one (batched) matrix product with the result dense
 * over `axes`. Each axis of `over` is in both factors.
 *
 * Both factors are copied into panels first, where the terms of a sum lie side by side: the inner loop
 * then reads one kind of array in order, two rows and four columns at a time, which is worth more
 * than the copying costs.
 */
export function contract(
  a: ArrayView,
  b: ArrayView,
  over: readonly Variable[],
  axes: readonly Variable[],
): ArrayView {
  const batch = axes.filter((axis) => a.axes.includes(axis) && b.axes.includes(axis));
  const rows = axes.filter((axis) => !b.axes.includes(axis));
  const columns = axes.filter((axis) => !a.axes.includes(axis));
  const place: ArrayView = {
    scalar: false,
    axes,
    strides: denseStrides(axes),
    run: none,
    fixed: true,
  };
  const batchOfA = offsets(a, batch);
  const batchOfB = offsets(b, batch);
  const batchOfOut = offsets(place, batch);
  const packRows = packer(a, rows, over);
  const packColumns = packer(b, columns, over);
  const rowsOfOut = offsets(place, rows);
  const columnsOfOut = offsets(place, columns);
  const depth = sizeOf(over);
  const out = new Float64Array(sizeOf(axes));

  const run = (): Data => {
    const x = a.run();
    const y = b.run();
    for (let i = 0; i < batchOfOut.length; i++) {
      const left = packRows(x, batchOfA[i]!);
      const right = packColumns(y, batchOfB[i]!);
      multiply(left, right, depth, out, batchOfOut[i]!, rowsOfOut, columnsOfOut);
    }
    return out;
  };
  return { ...place, run, fixed: false };
}

function none(): Data {
  return new Float64Array(0);
}

/** Copies the part of a factor that starts at an offset, the positions over `along` side by side. */
function packer(
  view: ArrayView,
  across: readonly Variable[],
  along: readonly Variable[],
): (data: Data, start: number) => Float64Array {
  const starts = offsets(view, across);
  const steps = offsets(view, along);
  const length = starts.length * steps.length;
  const panel = new Float64Array(length);
  const layout = `${layoutOf(view, across)} ${layoutOf(view, along)}`;
  // A function for each kind of array: one that sees several reads each of them slowly.
  return (data, start) => {
    if (view.isWeight && data instanceof Float64Array) {
      const known = packedOf(data);
      const key = `${start} ${layout}`;
      let own = known.get(key);
      if (own === undefined) {
        own = new Float64Array(length);
        copyDoubles(data, start, starts, steps, own);
        known.set(key, own);
      }
      return own;
    }
    if (data instanceof Float32Array) copySingles(data, start, starts, steps, panel);
    else copyDoubles(data, start, starts, steps, panel);
    return panel;
  };
}

/** Panels of weights, which stay the same from run to run: by array, and by what of it they hold. */
const packed = new WeakMap<Data, Map<string, Float64Array>>();

function packedOf(data: Data): Map<string, Float64Array> {
  let known = packed.get(data);
  if (known === undefined) packed.set(data, (known = new Map<string, Float64Array>()));
  return known;
}

function layoutOf(view: ArrayView, axes: readonly Variable[]): string {
  return axes.map((axis) => `${axis.length}:${view.strides[view.axes.indexOf(axis)]}`).join();
}

function copySingles(
  data: Float32Array,
  start: number,
  starts: Int32Array,
  steps: Int32Array,
  panel: Float64Array,
): void {
  for (let i = 0, to = 0; i < starts.length; i++) {
    const from = start + starts[i]!;
    for (let k = 0; k < steps.length; k++) panel[to++] = data[from + steps[k]!]!;
  }
}

function copyDoubles(
  data: Float64Array,
  start: number,
  starts: Int32Array,
  steps: Int32Array,
  panel: Float64Array,
): void {
  for (let i = 0, to = 0; i < starts.length; i++) {
    const from = start + starts[i]!;
    for (let k = 0; k < steps.length; k++) panel[to++] = data[from + steps[k]!]!;
  }
}

/** Every row of `left` with every column of `right`, each `depth` numbers long. */
function multiply(
  left: Float64Array,
  right: Float64Array,
  depth: number,
  out: Float64Array,
  start: number,
  rows: Int32Array,
  columns: Int32Array,
): void {
  const pairs = rows.length & ~1;
  const quads = columns.length & ~3;
  for (let n = 0; n < quads; n += 4) {
    const b0 = n * depth;
    const b1 = b0 + depth;
    const b2 = b1 + depth;
    const b3 = b2 + depth;
    for (let m = 0; m < rows.length; m += 2) {
      const a0 = m * depth;
      // An odd last row is taken twice.
      const a1 = m < pairs ? a0 + depth : a0;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let k = 0; k < depth; k++) {
        const u = left[a0 + k]!;
        const v = left[a1 + k]!;
        const p = right[b0 + k]!;
        const q = right[b1 + k]!;
        const r = right[b2 + k]!;
        const s = right[b3 + k]!;
        s00 += u * p;
        s01 += u * q;
        s02 += u * r;
        s03 += u * s;
        s10 += v * p;
        s11 += v * q;
        s12 += v * r;
        s13 += v * s;
      }
      const to0 = start + rows[m]!;
      const to1 = m < pairs ? start + rows[m + 1]! : to0;
      out[to1 + columns[n]!] = s10;
      out[to1 + columns[n + 1]!] = s11;
      out[to1 + columns[n + 2]!] = s12;
      out[to1 + columns[n + 3]!] = s13;
      out[to0 + columns[n]!] = s00;
      out[to0 + columns[n + 1]!] = s01;
      out[to0 + columns[n + 2]!] = s02;
      out[to0 + columns[n + 3]!] = s03;
    }
  }
  for (let n = quads; n < columns.length; n++) {
    for (let m = 0; m < rows.length; m++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += left[m * depth + k]! * right[n * depth + k]!;
      out[start + rows[m]! + columns[n]!] = sum;
    }
  }
}

/** `op` of `body` over the axes of `over`, dense over `axes`. As in NumPy, NaN wins a maximum. */
export function reduce(
  op: string,
  body: ArrayView,
  over: readonly Variable[],
  axes: readonly Variable[],
): ArrayView {
  const out = new Float64Array(sizeOf(axes));
  const starts = offsets(body, axes);
  const along = offsets(body, over);
  const loop = LOOPS[op];
  if (loop === undefined) throw new Error(`unknown reduction ${op}`);
  const run = (): Data => {
    const data = body.run();
    for (let i = 0; i < out.length; i++) out[i] = loop(data, starts[i]!, along);
    return out;
  };
  return { scalar: false, axes, strides: denseStrides(axes), run, fixed: body.fixed };
}

const LOOPS: Readonly<Record<string, (data: Data, start: number, along: Int32Array) => number>> = {
  sum(data, start, along) {
    let sum = 0;
    for (let k = 0; k < along.length; k++) sum += data[start + along[k]!]!;
    return sum;
  },
  max(data, start, along) {
    let best = -Infinity;
    for (let k = 0; k < along.length; k++) {
      const value = data[start + along[k]!]!;
      if (value > best) best = value;
      else if (Number.isNaN(value)) return NaN;
    }
    return best;
  },
  argmax(data, start, along) {
    let best = -Infinity;
    let place = 0;
    for (let k = 0; k < along.length; k++) {
      const value = data[start + along[k]!]!;
      if (Number.isNaN(value)) return k;
      if (value > best) [best, place] = [value, k];
    }
    return place;
  },
};
