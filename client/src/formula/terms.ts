/** The terms of reductions at the present positions of a compiled formula, largest first. */
import type { CellRef } from "../bundle";
import type { ApplyNode, AxisSlot, CellNode, Node, ReduceNode } from "./compile";

/** A cell in a term with its value, or a constant. */
export interface Factor {
  readonly cell: CellRef | null;
  readonly value: number;
}

export interface Term {
  /** Where along each of the reduced axes. */
  readonly at: number[];
  readonly value: number;
  /** Read when asked for: of many terms few are shown. */
  readonly factors: Factor[];
}

/** A reduction with its nested sums flattened: `Sum(h, Sum(a, body))` runs over h and a. */
export interface Flat {
  readonly axes: AxisSlot[];
  readonly body: Node;
}

export function flattened(node: ReduceNode): Flat {
  const axes = [node.axis];
  let body = node.body;
  while (node.op === "sum" && body.tag === "reduce" && body.op === "sum") {
    axes.push(body.axis);
    body = body.body;
  }
  return { axes, body };
}

/** How many terms a reduction over these axes has. */
export function countOf(axes: AxisSlot[]): number {
  return axes.reduce((product, { length }) => product * length, 1);
}

/** Put the axes at the `flat`-th combination of positions, the last axis running fastest. */
export function moveAlong(axes: AxisSlot[], flat: number, positions: number[]): void {
  for (let i = axes.length - 1; i >= 0; i--) {
    const { length, slot } = axes[i]!;
    const rest = Math.floor(flat / length);
    positions[slot] = flat - rest * length;
    flat = rest;
  }
}

/** The value of the body at every combination of positions. */
export function termValues({ axes, body }: Flat, positions: number[]): Float64Array {
  const values = new Float64Array(countOf(axes));
  const last = axes.at(-1)!;
  const { value } = body;
  for (let flat = 0; flat < values.length; flat += last.length) {
    moveAlong(axes, flat, positions);
    for (let at = 0; at < last.length; at++) {
      positions[last.slot] = at;
      values[flat + at] = value();
    }
  }
  return values;
}

/**
 * Where the `count` largest values stand, largest first: by absolute value in a sum, by value in a
 * maximum; NaN before all others, the first of equals first.
 */
export function ranked(values: Float64Array, op: string, count = values.length): number[] {
  const keys = values.map((value) =>
    Number.isNaN(value) ? Infinity : op === "sum" ? Math.abs(value) : value,
  );
  if (count >= values.length) {
    const order = Array.from(keys.keys());
    return order.sort((a, b) => (keys[a]! === keys[b]! ? a - b : keys[a]! < keys[b]! ? 1 : -1));
  }
  const best: number[] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (best.length === count && key <= keys[best[count - 1]!]!) continue;
    if (best.length === count) best.pop();
    let place = best.length;
    while (place > 0 && keys[best[place - 1]!]! < key) place -= 1;
    best.splice(place, 0, i);
  }
  return best;
}

/** One reduction of an explained cell. `place` puts the cell's own axes back before each reading. */
export class Terms {
  readonly op: string;
  /** Names of the reduced axes. */
  readonly axes: string[];
  /** Whether each term is the product of its factors; else the factors are the cells it reads. */
  readonly product: boolean;
  readonly value: number;
  private readonly flat: Flat;
  /** The factors of the product; null when it is none. */
  private readonly parts: Node[] | null;
  private readonly values: Float64Array;
  private all: Term[] | null = null;

  constructor(
    node: ReduceNode,
    private readonly positions: number[],
    private readonly place: () => void,
  ) {
    this.flat = flattened(node);
    this.op = node.op;
    this.axes = this.flat.axes.map(({ axis }) => axis.name);
    const parts = factorsOf(this.flat.body);
    this.product = parts.every(({ tag }) => tag === "cell" || tag === "const");
    this.parts = this.product ? parts : null;
    this.values = termValues(this.flat, positions);
    this.value =
      node.op === "sum" ? this.values.reduce((sum, value) => sum + value, 0) : node.value();
  }

  get count(): number {
    return this.values.length;
  }

  /** The `count` largest terms, largest first. */
  largest(count: number): Term[] {
    if (this.all !== null) return this.all.slice(0, count);
    return ranked(this.values, this.op, count).map((flat) => this.term(flat));
  }

  /** Every term, largest first. */
  get terms(): Term[] {
    return (this.all ??= this.largest(this.count));
  }

  private term(flat: number): Term {
    const { axes, body } = this.flat;
    moveAlong(axes, flat, this.positions);
    const read = (): Factor[] => {
      this.place();
      moveAlong(axes, flat, this.positions);
      return (this.parts ?? [...cellsRead(body).values()]).map(factorAt);
    };
    return new LazyTerm(
      axes.map(({ slot }) => this.positions[slot]!),
      this.values[flat]!,
      read,
    );
  }
}

class LazyTerm implements Term {
  private known: Factor[] | null = null;

  constructor(
    readonly at: number[],
    readonly value: number,
    private readonly read: () => Factor[],
  ) {}

  get factors(): Factor[] {
    return (this.known ??= this.read());
  }
}

/** The outermost reductions, in the order they are written; of a choice only the branch taken. */
export function reductionsOf(node: Node, found: ReduceNode[] = []): ReduceNode[] {
  if (node.tag === "reduce") found.push(node);
  else if (node.tag === "apply" && node.op === "where") reductionsOf(branchOf(node), found);
  else for (const child of childrenOf(node)) reductionsOf(child, found);
  return found;
}

/** The branch that a `where` takes at the present positions. */
export function branchOf({ args }: ApplyNode): Node {
  return args[0]!.value() !== 0 ? args[1]! : args[2]!;
}

export function childrenOf(node: Node): readonly Node[] {
  if (node.tag === "cell") return node.indices;
  if (node.tag === "apply") return node.args;
  return node.tag === "reduce" ? [node.body] : [];
}

/** `a * b * c` has three factors, anything else is its own. */
function factorsOf(node: Node): Node[] {
  return node.tag === "apply" && node.op === "*" ? node.args.flatMap(factorsOf) : [node];
}

/**
 * The cells that are read at the present positions, each once: those of branches taken, but not those
 * that an inner reduction runs over, which are not at one place.
 */
function cellsRead(node: Node, found = new Map<string, CellNode>()): Map<string, CellNode> {
  if (node.tag === "reduce") return found;
  if (node.tag === "apply" && node.op === "where") {
    cellsRead(node.args[0]!, found);
    return cellsRead(branchOf(node), found);
  }
  if (node.tag === "cell" && !found.has(node.key)) found.set(node.key, node);
  for (const child of childrenOf(node)) cellsRead(child, found);
  return found;
}

function factorAt(node: Node): Factor {
  const value = node.value();
  if (node.tag !== "cell") return { cell: null, value };
  return {
    cell: { tensor: node.tensor.name, index: node.indices.map((index) => index.value()) },
    value,
  };
}
