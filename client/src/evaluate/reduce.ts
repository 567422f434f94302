/** Reductions: matrix products for sums of two factors, plain loops for all others. */
import { denseStrides, offsets, sizeOf, type ArrayView, type Data, type Variable } from "./view";

/**
 * The sum of `a * b` over the axes of `over`, as one (batched) matrix product with the result dense
 * over `axes`. Each axis of `over` is in both factors.
 *
 * A row of `a` is copied out once and met with four columns of `b` at a time.
 */
export function contract(
  a: ArrayView,
  b: ArrayView,
  over: readonly Variable[],
  axes: readonly Variable[],
): ArrayView {
  const inA = axes.filter((axis) => a.axes.includes(axis));
  const columns = axes.filter((axis) => !a.axes.includes(axis));
  const out = new Float64Array(sizeOf(axes));
  const place = { ...emptyView, axes, strides: denseStrides(axes) };
  const rowsOfA = offsets(a, inA);
  const rowsOfB = offsets(b, inA);
  const rowsOfOut = offsets(place, inA);
  const columnsOfB = offsets(b, columns);
  const columnsOfOut = offsets(place, columns);
  const alongA = offsets(a, over);
  const alongB = offsets(b, over);
  const depth = alongA.length;
  const row = new Float64Array(depth);

  const run = (): Data => {
    const x = a.run();
    const y = b.run();
    for (let m = 0; m < rowsOfA.length; m++) {
      const atA = rowsOfA[m]!;
      const atB = rowsOfB[m]!;
      const atOut = rowsOfOut[m]!;
      for (let k = 0; k < depth; k++) row[k] = x[atA + alongA[k]!]!;
      let n = 0;
      for (; n + 3 < columnsOfB.length; n += 4) {
        const p0 = atB + columnsOfB[n]!;
        const p1 = atB + columnsOfB[n + 1]!;
        const p2 = atB + columnsOfB[n + 2]!;
        const p3 = atB + columnsOfB[n + 3]!;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let k = 0; k < depth; k++) {
          const value = row[k]!;
          const along = alongB[k]!;
          s0 += value * y[p0 + along]!;
          s1 += value * y[p1 + along]!;
          s2 += value * y[p2 + along]!;
          s3 += value * y[p3 + along]!;
        }
        out[atOut + columnsOfOut[n]!] = s0;
        out[atOut + columnsOfOut[n + 1]!] = s1;
        out[atOut + columnsOfOut[n + 2]!] = s2;
        out[atOut + columnsOfOut[n + 3]!] = s3;
      }
      for (; n < columnsOfB.length; n++) {
        const p = atB + columnsOfB[n]!;
        let sum = 0;
        for (let k = 0; k < depth; k++) sum += row[k]! * y[p + alongB[k]!]!;
        out[atOut + columnsOfOut[n]!] = sum;
      }
    }
    return out;
  };
  return { scalar: false, axes, strides: denseStrides(axes), run, fixed: false };
}

const emptyView: ArrayView = {
  scalar: false,
  axes: [],
  strides: [],
  run: () => new Float64Array(0),
  fixed: true,
};

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
