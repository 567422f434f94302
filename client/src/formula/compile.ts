/**
 * A tensor's formula as a tree of closures over flat arrays: made once per tensor and run, then
 * evaluated for any cell by setting the positions of its axes.
 *
 * The tree keeps the shape of the formula, because explaining and printing walk it and ask any node
 * for its value at the present positions.
 */
import {
  lengthOf,
  stepsOf,
  type TensorInfo,
  type ValueArray,
  type Values,
  type wire,
} from "../bundle";
import { BINARY, UNARY } from "./operations";

interface NodeBase {
  /** The value at the present positions of the axes. Conditions are 1 and 0. */
  readonly value: () => number;
  /** The axis variables it depends on, without those that a reduction inside it runs over. */
  readonly free: ReadonlySet<AxisSlot>;
}

export interface ConstNode extends NodeBase {
  readonly tag: "const";
  readonly number: number;
}

export interface IndexNode extends NodeBase {
  readonly tag: "index";
  readonly axis: AxisSlot;
}

export interface SizeNode extends NodeBase {
  readonly tag: "size";
  readonly axis: AxisSlot;
}

export interface CellNode extends NodeBase {
  readonly tag: "cell";
  readonly tensor: TensorInfo;
  readonly indices: Node[];
  /** The same for every reading of the same cell. */
  readonly key: string;
}

export interface ApplyNode extends NodeBase {
  readonly tag: "apply";
  readonly op: string;
  readonly args: Node[];
}

export interface ReduceNode extends NodeBase {
  readonly tag: "reduce";
  readonly op: string;
  readonly axis: AxisSlot;
  readonly body: Node;
}

export type Node = ConstNode | IndexNode | SizeNode | CellNode | ApplyNode | ReduceNode;

/** An axis variable: its length in the run and where its position stands in `positions`. */
export interface AxisSlot {
  readonly axis: wire.Axis;
  readonly length: number;
  readonly slot: number;
}

/** The formula of one tensor, bound to the values of one run. */
export class CompiledFormula {
  /** The present position of every axis variable of the formula. */
  readonly positions: number[] = [];
  /** The tensor's own axes, in order. */
  readonly axes: AxisSlot[];
  /** Null for what is given: an input or a weight. */
  readonly root: Node | null;
  private readonly slots = new Map<string, AxisSlot>();

  constructor(
    readonly values: Values,
    readonly tensor: TensorInfo,
    formula: wire.Expr | null,
  ) {
    this.axes = tensor.axes.map((axis) => this.slot(axis.name));
    this.root = formula === null ? null : this.node(formula);
  }

  /** Put the tensor's own axes at `index`. */
  moveTo(index: readonly number[]): void {
    for (let i = 0; i < index.length; i++) this.positions[i] = index[i]!;
  }

  /** The values of other expressions over the tensor's axes, at `index`. */
  evaluateEach(expressions: wire.Expr[], index: readonly number[]): number[] {
    const nodes = expressions.map((expression) => this.node(expression));
    this.moveTo(index);
    return nodes.map((node) => node.value());
  }

  private slot(name: string): AxisSlot {
    let slot = this.slots.get(name);
    if (slot === undefined) {
      const axis = this.values.model.axis(name);
      const length = lengthOf(axis, this.values.lengths);
      slot = { axis, length, slot: this.positions.length };
      this.positions.push(0);
      this.slots.set(name, slot);
    }
    return slot;
  }

  private node(expr: wire.Expr): Node {
    switch (expr[0]) {
      case "const": {
        const number = constant(expr[1]);
        return { tag: "const", number, value: () => number, free: new Set() };
      }
      case "index": {
        const { positions } = this;
        const axis = this.slot(expr[1]);
        const { slot } = axis;
        return { tag: "index", axis, value: () => positions[slot]!, free: new Set([axis]) };
      }
      case "size": {
        const axis = this.slot(expr[1]);
        const { length } = axis;
        return { tag: "size", axis, value: () => length, free: new Set() };
      }
      case "cell":
        return this.cell(expr);
      case "apply": {
        const args = expr[2].map((argument) => this.node(argument));
        return {
          tag: "apply",
          op: expr[1],
          args,
          value: operation(expr[1], args),
          free: freeIn(args),
        };
      }
      case "reduce": {
        const axis = this.slot(expr[2]);
        const body = this.node(expr[3]);
        const value = this.reduction(expr[1], axis, body);
        const free = new Set([...body.free].filter((each) => each !== axis));
        return { tag: "reduce", op: expr[1], axis, body, value, free };
      }
    }
  }

  private cell([, ref, indexExpressions]: wire.Cell): CellNode {
    const { model } = this.values;
    const tensor = model.tensor(model.resolve(ref, this.tensor.layer));
    const indices = indexExpressions.map((index) => this.node(index));
    const array = this.values.get(tensor.name);
    const value = reader(array, indices, this.positions);
    const key = JSON.stringify([tensor.name, indexExpressions]);
    return { tag: "cell", tensor, indices, key, value, free: freeIn(indices) };
  }

  private reduction(op: string, { slot, length }: AxisSlot, body: Node): () => number {
    const { positions } = this;
    const { value } = body;
    switch (op) {
      case "sum":
        return () => {
          let sum = 0;
          for (let at = 0; at < length; at++) {
            positions[slot] = at;
            sum += value();
          }
          return sum;
        };
      case "max":
      case "argmax": {
        const wantsPlace = op === "argmax";
        return () => {
          let best = -Infinity;
          let place = 0;
          for (let at = 0; at < length; at++) {
            positions[slot] = at;
            const candidate = value();
            // As in NumPy, the first NaN wins over every number.
            if (Number.isNaN(candidate)) return wantsPlace ? at : NaN;
            if (candidate > best) [best, place] = [candidate, at];
          }
          return wantsPlace ? place : best;
        };
      }
    }
    throw new Error(`${this.tensor.name}: unknown reduction ${op}`);
  }
}

/** Numbers that JSON cannot hold travel as words. */
export function constant(value: number | string): number {
  if (typeof value === "number") return value;
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : NaN;
}

function operation(op: string, args: Node[]): () => number {
  const values = args.map((argument) => argument.value);
  if (op === "where") {
    const [condition, ifTrue, ifFalse] = values as [() => number, () => number, () => number];
    return () => (condition() !== 0 ? ifTrue() : ifFalse());
  }
  const [a, b] = values as [() => number, () => number];
  // The commonest, without a further call.
  if (op === "*") return () => a() * b();
  if (op === "+") return () => a() + b();
  if (op === "-") return () => a() - b();
  if (op === "/") return () => a() / b();
  const unary = UNARY[op];
  if (unary !== undefined) return () => unary(a());
  const binary = BINARY[op];
  if (binary !== undefined) return () => binary(a(), b());
  throw new Error(`unknown operation ${op}`);
}

function freeIn(nodes: Node[]): Set<AxisSlot> {
  return new Set(nodes.flatMap((node) => [...node.free]));
}

/**
 * Reads one cell of `array`; NaN when there is none. An index outside its axis reads the nearest
 * cell: it stands in a branch that is not taken.
 */
function reader(array: ValueArray | undefined, indices: Node[], positions: number[]): () => number {
  if (array === undefined) return () => NaN;
  const { data, shape } = array;
  const strides = stepsOf(array);
  if (indices.every((index) => index.tag === "index")) {
    const slots = indices.map((index) => index.axis.slot);
    const [i, j, k] = slots as [number, number, number];
    const [p, q, r] = strides as [number, number, number];
    // Axes beyond the run (s and t are as long as each other) cannot occur, so no range check here.
    if (slots.length === 1) return () => data[positions[i]! * p]!;
    if (slots.length === 2) return () => data[positions[i]! * p + positions[j]! * q]!;
    if (slots.length === 3)
      return () => data[positions[i]! * p + positions[j]! * q + positions[k]! * r]!;
  }
  const values = indices.map((index) => index.value);
  return () => {
    let offset = 0;
    for (let axis = 0; axis < values.length; axis++) {
      const position = Math.min(Math.max(values[axis]!(), 0), shape[axis]! - 1);
      offset += position * strides[axis]!;
    }
    return data[offset] ?? NaN;
  };
}
