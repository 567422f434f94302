/** Element-wise operations on whole arrays: one loop for each form, over tables of offsets. */
import { BINARY, UNARY } from "../formula/operations";
import {
  denseStrides,
  kept,
  offsetsUnlessDense,
  sizeOf,
  type ArrayView,
  type Data,
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
  const fill = op === "where" ? choice(args, axes, out) : arithmetic(op, args, axes, out);
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

/** An argument as something that can be read at each position of the result. */
interface Operand {
  readonly run: () => Data;
  /** Where each position's value is; null when the array lies like the result. */
  readonly table: Int32Array | null;
}

function operand(view: View, axes: readonly Variable[]): Operand {
  if (view.scalar) {
    const data = Float64Array.of(view.value);
    return { run: () => data, table: new Int32Array(sizeOf(axes)) };
  }
  return { run: view.run, table: offsetsUnlessDense(view, axes) };
}

function arithmetic(
  op: string,
  args: readonly View[],
  axes: readonly Variable[],
  out: Float64Array,
): () => void {
  if (args.length === 1) return unary(op, operand(args[0]!, axes), out);
  const [left, right] = args as [View, View];
  if (right.scalar && !left.scalar) {
    return withNumber(op, operand(left, axes), right.value, out);
  }
  // Adding and multiplying may take their numbers in either order.
  if (left.scalar && !right.scalar && (op === "+" || op === "*")) {
    return withNumber(op, operand(right, axes), left.value, out);
  }
  return binary(op, operand(left, axes), operand(right, axes), out);
}

function unary(op: string, a: Operand, out: Float64Array): () => void {
  const f = UNARY[op];
  if (f === undefined) throw new Error(`unknown operation ${op}`);
  const { table } = a;
  return () => {
    const x = a.run();
    if (table === null) for (let i = 0; i < out.length; i++) out[i] = f(x[i]!);
    else for (let i = 0; i < out.length; i++) out[i] = f(x[table[i]!]!);
  };
}

/** An array with a number on its right. Small powers are products, as Python lowers them. */
function withNumber(op: string, a: Operand, n: number, out: Float64Array): () => void {
  const f = BINARY[op];
  if (f === undefined) throw new Error(`unknown operation ${op}`);
  const power = op === "**" && (n === 2 || n === 3) ? `**${n}` : op;
  const loop = NUMBER_LOOPS[power] ?? ((out, x, n, t) => each(out, (i) => f(x[t[i]!]!, n)));
  const table = a.table ?? identityTable(out.length);
  return () => loop(out, a.run(), n, table);
}

function binary(op: string, a: Operand, b: Operand, out: Float64Array): () => void {
  const f = BINARY[op];
  if (f === undefined) throw new Error(`unknown operation ${op}`);
  const loop =
    ARRAY_LOOPS[op] ?? ((out, x, y, ta, tb) => each(out, (i) => f(x[ta[i]!]!, y[tb[i]!]!)));
  const ta = a.table ?? identityTable(out.length);
  const tb = b.table ?? identityTable(out.length);
  return () => loop(out, a.run(), b.run(), ta, tb);
}

function each(out: Float64Array, value: (i: number) => number): void {
  for (let i = 0; i < out.length; i++) out[i] = value(i);
}

// The commonest operations have loops of their own: a call for each cell costs more than the arithmetic.

type NumberLoop = (out: Float64Array, x: Data, n: number, t: Int32Array) => void;

const NUMBER_LOOPS: Readonly<Record<string, NumberLoop>> = {
  "+": (out, x, n, t) => {
    for (let i = 0; i < out.length; i++) out[i] = x[t[i]!]! + n;
  },
  "-": (out, x, n, t) => {
    for (let i = 0; i < out.length; i++) out[i] = x[t[i]!]! - n;
  },
  "*": (out, x, n, t) => {
    for (let i = 0; i < out.length; i++) out[i] = x[t[i]!]! * n;
  },
  "/": (out, x, n, t) => {
    for (let i = 0; i < out.length; i++) out[i] = x[t[i]!]! / n;
  },
  "**2": (out, x, _, t) => {
    for (let i = 0; i < out.length; i++) out[i] = x[t[i]!]! * x[t[i]!]!;
  },
  "**3": (out, x, _, t) => {
    for (let i = 0; i < out.length; i++) out[i] = x[t[i]!]! * x[t[i]!]! * x[t[i]!]!;
  },
};

type ArrayLoop = (out: Float64Array, x: Data, y: Data, ta: Int32Array, tb: Int32Array) => void;

const ARRAY_LOOPS: Readonly<Record<string, ArrayLoop>> = {
  "+": (out, x, y, ta, tb) => {
    for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! + y[tb[i]!]!;
  },
  "-": (out, x, y, ta, tb) => {
    for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! - y[tb[i]!]!;
  },
  "*": (out, x, y, ta, tb) => {
    for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! * y[tb[i]!]!;
  },
  "/": (out, x, y, ta, tb) => {
    for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! / y[tb[i]!]!;
  },
};

function choice(args: readonly View[], axes: readonly Variable[], out: Float64Array): () => void {
  const [condition, a, b] = args.map((argument) => operand(argument, axes)) as [
    Operand,
    Operand,
    Operand,
  ];
  const identity = identityTable(out.length);
  const [tc, ta, tb] = [condition, a, b].map(({ table }) => table ?? identity) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  return () => {
    const held = condition.run();
    const x = a.run();
    const y = b.run();
    for (let i = 0; i < out.length; i++) out[i] = held[tc[i]!] !== 0 ? x[ta[i]!]! : y[tb[i]!]!;
  };
}

function identityTable(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}
