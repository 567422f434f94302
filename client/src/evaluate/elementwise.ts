/**
 * Element-wise operations on whole arrays, row by row: along a row every argument moves by a step of its
 * own (none where it is broadcast), and only where rows begin is looked up.
 */
import { BINARY, UNARY } from "../formula/operations";
import {
  denseStrides,
  kept,
  rowsOf,
  sizeOf,
  type ArrayView,
  type Data,
  type Rows,
  type Variable,
  type View,
} from "./view";

/** `op` on numbers only. */
export function scalarOperation(op: string, args: readonly number[]): number {
  const [a, b, c] = args as [number, number, number];
  if (op === "where") return a !== 0 ? b : c;
  const unary = UNARY[op];
  if (unary !== undefined && args.length === 1) return unary(a);
  const binary = BINARY[op];
  if (binary === undefined) throw new Error(`unknown operation ${op}`);
  return binary(a, b);
}

/** `op` on arrays and numbers, broadcast over `axes`. At least one argument is an array. */
export function arrayOperation(
  op: string,
  args: readonly View[],
  axes: readonly Variable[],
): ArrayView {
  const fixed = args.every((argument) => argument.scalar || argument.fixed);
  const out = new Float64Array(sizeOf(axes));
  const fill = filling(op, args, rowsOf(args, axes), out);
  const view: ArrayView = {
    scalar: false,
    axes,
    strides: denseStrides(axes),
    fixed,
    run: () => {
      fill();
      return out;
    },
  };
  return fixed ? kept(view) : view;
}

/** What computes the whole of `out`. */
function filling(op: string, args: readonly View[], rows: Rows, out: Float64Array): () => void {
  const [a, b, c] = args.map(reader) as [() => Data, (() => Data)?, (() => Data)?];
  if (op === "where") return () => choose(out, rows, a(), b!(), c!());
  if (b === undefined) {
    const f = UNARY[op];
    if (f === undefined) throw new Error(`unknown operation ${op}`);
    const loop = UNARY_LOOPS[op] ?? mapped(f);
    return () => loop(out, rows, a());
  }
  // Small powers are products, as Python lowers them.
  const [, right] = args;
  const power = op === "**" && right?.scalar ? POWERS[right.value] : undefined;
  if (power !== undefined) return () => power(out, rows, a());
  const f = BINARY[op];
  if (f === undefined) throw new Error(`unknown operation ${op}`);
  const loop = BINARY_LOOPS[op] ?? combined(f);
  return () => loop(out, rows, a(), b());
}

function reader(view: View): () => Data {
  if (!view.scalar) return view.run;
  const data = Float64Array.of(view.value);
  return () => data;
}

type UnaryLoop = (out: Float64Array, rows: Rows, x: Data) => void;
type BinaryLoop = (out: Float64Array, rows: Rows, x: Data, y: Data) => void;

function mapped(f: (a: number) => number): UnaryLoop {
  return (out, { length, starts: [xs], steps: [dx] }, x) => {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!) out[k] = f(x[a]!);
    }
  };
}

function combined(f: (a: number, b: number) => number): BinaryLoop {
  return (out, { length, starts: [xs, ys], steps: [dx, dy] }, x, y) => {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      let b = ys![i]!;
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!, b += dy!) {
        out[k] = f(x[a]!, y[b]!);
      }
    }
  };
}

function choose(out: Float64Array, rows: Rows, held: Data, x: Data, y: Data): void {
  const { length, starts, steps } = rows;
  const [hs, xs, ys] = starts as [Int32Array, Int32Array, Int32Array];
  const [dh, dx, dy] = steps as [number, number, number];
  for (let i = 0, k = 0; i < hs.length; i++) {
    let h = hs[i]!;
    let b = ys[i]!;
    for (let end = k + length, a = xs[i]!; k < end; k++, h += dh, a += dx, b += dy) {
      out[k] = held[h] !== 0 ? x[a]! : y[b]!;
    }
  }
}

// The commonest operations have loops of their own: a call for each cell costs more than the arithmetic.

const UNARY_LOOPS: Readonly<Record<string, UnaryLoop>> = {
  exp(out, { length, starts: [xs], steps: [dx] }, x) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!) out[k] = Math.exp(x[a]!);
    }
  },
  tanh(out, { length, starts: [xs], steps: [dx] }, x) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!) out[k] = Math.tanh(x[a]!);
    }
  },
};

const POWERS: Readonly<Record<number, UnaryLoop>> = {
  2(out, { length, starts: [xs], steps: [dx] }, x) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!) out[k] = x[a]! * x[a]!;
    }
  },
  3(out, { length, starts: [xs], steps: [dx] }, x) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!)
        out[k] = x[a]! * x[a]! * x[a]!;
    }
  },
};

const BINARY_LOOPS: Readonly<Record<string, BinaryLoop>> = {
  "+"(out, { length, starts: [xs, ys], steps: [dx, dy] }, x, y) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      let b = ys![i]!;
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!, b += dy!) {
        out[k] = x[a]! + y[b]!;
      }
    }
  },
  "-"(out, { length, starts: [xs, ys], steps: [dx, dy] }, x, y) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      let b = ys![i]!;
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!, b += dy!) {
        out[k] = x[a]! - y[b]!;
      }
    }
  },
  "*"(out, { length, starts: [xs, ys], steps: [dx, dy] }, x, y) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      let b = ys![i]!;
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!, b += dy!) {
        out[k] = x[a]! * y[b]!;
      }
    }
  },
  "/"(out, { length, starts: [xs, ys], steps: [dx, dy] }, x, y) {
    for (let i = 0, k = 0; i < xs!.length; i++) {
      let b = ys![i]!;
      for (let end = k + length, a = xs![i]!; k < end; k++, a += dx!, b += dy!) {
        out[k] = x[a]! / y[b]!;
      }
    }
  },
};
