/**
 * Lowering in the browser: from the formula of one cell to loops over whole arrays.
 *
 * The same idea as `src/cutaway/lower/`: a sum of products of two tensors becomes one matrix
 * product, everything else broadcasts. No code is generated, so a page may forbid `eval`.
 */
import { lengthOf, type Lengths, stridesOf, type wire } from "../bundle";
import { constant } from "../formula/compile";
import { arrayOperation, scalarOperation } from "./elementwise";
import { contract, reduce } from "./reduce";
import {
  denseStrides,
  kept,
  offsets,
  rowsOf,
  sizeOf,
  type ArrayView,
  type Data,
  type Rows,
  type Variable,
  type View,
} from "./view";

/** A formula as loops, for runs of one length. */
export interface Lowered {
  /** The tensors it reads, as the formula names them. */
  readonly reads: readonly string[];
  /** What `run` reads, in the order of `reads`; to be set before each run. */
  readonly inputs: Data[];
  /** Fills `out`, row-major over the tensor's axes. */
  run(out: Float32Array | Int32Array): void;
}

/** What a lowering asks of the model it belongs to. */
export interface Shapes {
  axis(name: string): wire.Axis;
  /** The axes of the tensor that a formula calls `ref`. */
  axesOf(ref: string): readonly wire.Axis[];
  isWeight(ref: string): boolean;
}

export function lower(
  formula: wire.Expr,
  axes: readonly wire.Axis[],
  shapes: Shapes,
  lengths: Lengths,
): Lowered {
  return new Lowering(shapes, lengths).lower(formula, axes);
}

class Lowering {
  private readonly reads: string[] = [];
  private readonly inputs: Data[] = [];
  private readonly variables = new Map<string, Variable>();
  /** Every axis of the formula; all arrays keep this order. */
  private readonly order: Variable[] = [];

  constructor(
    private readonly shapes: Shapes,
    private readonly lengths: Lengths,
  ) {}

  lower(formula: wire.Expr, axes: readonly wire.Axis[]): Lowered {
    const own = axes.map((axis) => this.variable(axis.name));
    const root = this.view(formula);
    const { reads, inputs } = this;
    if (root.scalar) return { reads, inputs, run: (out) => void out.fill(root.value) };
    const rows = rowsOf([root], own);
    const isDense = rows.steps[0] === 1 && rows.length === sizeOf(own);
    const run = (out: Float32Array | Int32Array): void => {
      const data = root.run();
      if (isDense)
        out.set(data.subarray(0, out.length)); // the array may be longer: positions
      else copyRows(out, rows, data);
    };
    return { reads, inputs, run };
  }

  private variable(name: string): Variable {
    let variable = this.variables.get(name);
    if (variable === undefined) {
      const axis = this.shapes.axis(name);
      variable = { axis, length: this.lengthOf(axis) };
      this.variables.set(name, variable);
      this.order.push(variable);
    }
    return variable;
  }

  private lengthOf(axis: wire.Axis): number {
    return lengthOf(axis, this.lengths);
  }

  private sorted(axes: Iterable<Variable>): Variable[] {
    const found = new Set(axes);
    return this.order.filter((axis) => found.has(axis));
  }

  private view(expr: wire.Expr): View {
    switch (expr[0]) {
      case "const":
        return { scalar: true, value: constant(expr[1]) };
      case "size":
        return { scalar: true, value: this.variable(expr[1]).length };
      case "index":
        return this.index(this.variable(expr[1]));
      case "cell":
        return this.cell(expr);
      case "apply":
        return this.apply(expr[1], expr[2]);
      case "reduce":
        return expr[1] === "sum" ? this.sum(expr) : this.extreme(expr);
    }
  }

  private index(variable: Variable): ArrayView {
    const data = new Float64Array(variable.length).map((_, i) => i);
    return { scalar: false, axes: [variable], strides: [1], run: () => data, fixed: true };
  }

  private apply(op: string, expressions: readonly wire.Expr[]): View {
    const args = expressions.map((argument) => this.view(argument));
    const numbers = args.flatMap((argument) => (argument.scalar ? [argument.value] : []));
    if (numbers.length === args.length) {
      return { scalar: true, value: scalarOperation(op, numbers) };
    }
    return arrayOperation(op, args, this.axesOf(args));
  }

  private axesOf(views: readonly View[]): Variable[] {
    return this.sorted(views.flatMap((view) => (view.scalar ? [] : view.axes)));
  }

  // ---- reading ----

  private slot(ref: string): number {
    const known = this.reads.indexOf(ref);
    if (known >= 0) return known;
    this.inputs.push(new Float32Array(0));
    return this.reads.push(ref) - 1;
  }

  private cell([, ref, indices]: wire.Cell): View {
    const { inputs } = this;
    const slot = this.slot(ref);
    const lengths = this.shapes.axesOf(ref).map((axis) => this.lengthOf(axis));
    const strides = stridesOf(lengths);
    const views = indices.map((index) => this.view(index));
    const plain = indices.map((index) => (index[0] === "index" ? this.variable(index[1]) : null));
    if (plain.every((variable) => variable !== null) && new Set(plain).size === plain.length) {
      const axes = this.sorted(plain);
      return {
        scalar: false,
        axes,
        strides: axes.map((axis) => strides[plain.indexOf(axis)]!),
        run: () => inputs[slot]!,
        fixed: false,
        isWeight: this.shapes.isWeight(ref),
      };
    }
    return this.gather(slot, views, lengths, strides);
  }

  /**
   * Cells at computed places. A place outside its axis reads the nearest cell: it stands in a branch
   * that is not taken.
   */
  private gather(
    slot: number,
    indices: readonly View[],
    lengths: readonly number[],
    strides: readonly number[],
  ): ArrayView {
    const { inputs } = this;
    const axes = this.axesOf(indices);
    const out = new Float64Array(sizeOf(axes));
    const places = new Int32Array(out.length);
    const moving = indices.map((index, i) => {
      const last = lengths[i]! - 1;
      const stride = strides[i]!;
      if (index.scalar) {
        const fixed = Math.min(Math.max(index.value, 0), last) * stride;
        return () => {
          for (let k = 0; k < places.length; k++) places[k]! += fixed;
        };
      }
      const table = offsets(index, axes);
      return () => {
        const data = index.run();
        for (let k = 0; k < places.length; k++) {
          places[k]! += Math.min(Math.max(data[table[k]!]!, 0), last) * stride;
        }
      };
    });
    const run = (): Data => {
      places.fill(0);
      for (const move of moving) move();
      const data = inputs[slot]!;
      for (let k = 0; k < out.length; k++) out[k] = data[places[k]!]!;
      return out;
    };
    return { scalar: false, axes, strides: denseStrides(axes), run, fixed: false };
  }

  // ---- reductions ----

  private sum(expr: wire.Reduce): View {
    const over = new Set<Variable>();
    let body: wire.Expr = expr;
    while (body[0] === "reduce" && body[1] === "sum") {
      over.add(this.variable(body[2]));
      body = body[3];
    }
    const views = factorsOf(body).map((factor) => this.view(factor));
    const isInside = (view: View): view is ArrayView =>
      !view.scalar && view.axes.some((axis) => over.has(axis));
    const inside = views.filter(isInside);
    const outside = views.filter((view) => !isInside(view));
    // Axes that no factor depends on only count their terms.
    let times = 1;
    for (const axis of over) {
      if (!inside.some((view) => view.axes.includes(axis))) times *= axis.length;
    }
    if (times !== 1) outside.push({ scalar: true, value: times });
    return outside.reduce<View>(
      (product, view) => this.product(product, view),
      this.total(inside, over),
    );
  }

  /** The sum of the product of `factors`, each of which has an axis of `over`. */
  private total(factors: ArrayView[], over: ReadonlySet<Variable>): View {
    if (factors.length === 0) return { scalar: true, value: 1 };
    const rest = [...factors].sort((a, b) => sizeOf(b.axes) - sizeOf(a.axes));
    while (rest.length > 2) {
      const [a, b] = rest.splice(-2) as [ArrayView, ArrayView];
      rest.push(this.product(a, b) as ArrayView);
    }
    const [a, b] = rest as [ArrayView, ArrayView?];
    const reduced = this.sorted(rest.flatMap(({ axes }) => axes)).filter((axis) => over.has(axis));
    const axes = this.sorted(rest.flatMap((view) => view.axes)).filter((axis) => !over.has(axis));
    if (b === undefined) return reduce("sum", a, reduced, axes);
    const isShared = reduced.every((axis) => a.axes.includes(axis) && b.axes.includes(axis));
    if (!isShared) return reduce("sum", this.product(a, b) as ArrayView, reduced, axes);
    // The factor with the earlier axis of its own gives the rows, so that results are written in order.
    const own = axes.find((axis) => a.axes.includes(axis) !== b.axes.includes(axis));
    const swap = own !== undefined && b.axes.includes(own);
    return swap ? contract(b, a, reduced, axes) : contract(a, b, reduced, axes);
  }

  private product(a: View, b: View): View {
    if (a.scalar && b.scalar) return { scalar: true, value: a.value * b.value };
    const [left, right] = a.scalar ? [b, a] : [a, b];
    return arrayOperation("*", [left, right], this.axesOf([left, right]));
  }

  private extreme([, op, name, bodyExpr]: wire.Reduce): View {
    const axis = this.variable(name);
    const body = this.view(bodyExpr);
    if (body.scalar || !body.axes.includes(axis)) {
      if (op === "argmax") return { scalar: true, value: 0 };
      return body;
    }
    const axes = body.axes.filter((each) => each !== axis);
    const view = reduce(op, body, [axis], axes);
    return view.fixed ? kept(view) : view;
  }
}

function copyRows(out: Float32Array | Int32Array, rows: Rows, data: Data): void {
  const { length, starts, steps } = rows;
  const [begin] = starts as [Int32Array];
  const [step] = steps as [number];
  for (let i = 0, k = 0; i < begin.length; i++) {
    for (let end = k + length, at = begin[i]!; k < end; k++, at += step) out[k] = data[at]!;
  }
}

function factorsOf(expr: wire.Expr): wire.Expr[] {
  if (expr[0] !== "apply" || expr[1] !== "*") return [expr];
  return expr[2].flatMap(factorsOf);
}
