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
  const power = op === "**" && (n === 2 || n === 3);
  const { table } = a;
  return () => {
    const x = a.run();
    for (let i = 0; i < out.length; i++) {
      const value = x[table === null ? i : table[i]!]!;
      if (power) out[i] = n === 2 ? value * value : value * value * value;
      else out[i] = f(value, n);
    }
  };
}

function binary(op: string, a: Operand, b: Operand, out: Float64Array): () => void {
  const f = BINARY[op];
  if (f === undefined) throw new Error(`unknown operation ${op}`);
  const identity = a.table === null || b.table === null ? identityTable(out.length) : null;
  const ta = a.table ?? identity!;
  const tb = b.table ?? identity!;
  // The four commonest have loops of their own: a call for each cell costs more than the arithmetic.
  switch (op) {
    case "+":
      return () => {
        const x = a.run();
        const y = b.run();
        for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! + y[tb[i]!]!;
      };
    case "-":
      return () => {
        const x = a.run();
        const y = b.run();
        for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! - y[tb[i]!]!;
      };
    case "*":
      return () => {
        const x = a.run();
        const y = b.run();
        for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! * y[tb[i]!]!;
      };
    case "/":
      return () => {
        const x = a.run();
        const y = b.run();
        for (let i = 0; i < out.length; i++) out[i] = x[ta[i]!]! / y[tb[i]!]!;
      };
  }
  return () => {
    const x = a.run();
    const y = b.run();
    for (let i = 0; i < out.length; i++) out[i] = f(x[ta[i]!]!, y[tb[i]!]!);
  };
}

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
