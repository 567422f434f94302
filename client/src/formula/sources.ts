/** The exact cells that a formula reads at one place, as boxes of positions wherever they fill one. */
import { stridesOf, type CellRef } from "../bundle";
import type { AxisSlot, CellNode, CompiledFormula, Node } from "./compile";
import { branchOf, childrenOf, countOf, moveAlong } from "./terms";

/** Positions start, start + step, … before stop. */
export type Range = [start: number, stop: number, step: number];

/** Cells that are read: along each axis of the tensor one position, or an evenly spaced range. */
export interface Source {
  readonly tensor: string;
  readonly index: (number | Range)[];
}

/** Where in the product of the reduced axes something is read; null: everywhere. */
type Mask = Uint8Array | null;

/**
 * What `formula` reads at its present positions, in the order it is written, each once. Where values
 * that decide it are missing, as in a model without any, it is all that may be read: both branches of
 * a choice, and every position of an index.
 */
export function sourcesOf(formula: CompiledFormula): Source[] {
  const found = new Map<string, Source>();
  const collector = new Collector(formula, (source) => {
    const key = `${source.tensor}[${source.index.join(";")}]`;
    if (!found.has(key)) found.set(key, source);
  });
  if (formula.root !== null) collector.collect(formula.root, [], null);
  return [...found.values()];
}

/** Every cell of a source, the last axis running fastest. */
export function* cellsOf({ tensor, index }: Source): Generator<CellRef> {
  const lists = index.map((each) => (typeof each === "number" ? [each] : positionsOf(each)));
  const count = lists.reduce((product, list) => product * list.length, 1);
  for (let flat = 0; flat < count; flat++) {
    let rest = flat;
    const cell = new Array<number>(lists.length);
    for (let axis = lists.length - 1; axis >= 0; axis--) {
      const list = lists[axis]!;
      cell[axis] = list[rest % list.length]!;
      rest = Math.floor(rest / list.length);
    }
    yield { tensor, index: cell };
  }
}

function positionsOf([start, stop, step]: Range): number[] {
  return Array.from({ length: Math.ceil((stop - start) / step) }, (_, i) => start + i * step);
}

class Collector {
  constructor(
    private readonly formula: CompiledFormula,
    private readonly add: (source: Source) => void,
  ) {}

  /** `reduced` are the axes of the reductions around `node`. */
  collect(node: Node, reduced: AxisSlot[], mask: Mask): void {
    if (node.tag === "apply" && node.op === "where" && this.isKnown(node.args[0]!)) {
      this.collect(node.args[0]!, reduced, mask);
      if (reduced.some((axis) => node.args[0]!.free.has(axis)))
        this.collectBranches(node.args, reduced, mask);
      else this.collect(branchOf(node), reduced, mask);
      return;
    }
    if (node.tag === "reduce") {
      const { length } = node.axis;
      const inner =
        mask &&
        Uint8Array.from({ length: mask.length * length }, (_, i) => mask[Math.floor(i / length)]!);
      this.collect(node.body, [...reduced, node.axis], inner);
      return;
    }
    if (node.tag === "cell") this.collectCells(node, reduced, mask);
    for (const child of childrenOf(node)) this.collect(child, reduced, mask);
  }

  /** A choice that is taken at some terms of a reduction and not at others. */
  private collectBranches([condition, ...branches]: Node[], reduced: AxisSlot[], mask: Mask): void {
    const held = this.atEach(reduced, () => (condition!.value() !== 0 ? 1 : 0));
    for (const [i, branch] of branches.entries()) {
      const taken = Uint8Array.from(held, (each, at) =>
        each === 1 - i && mask?.[at] !== 0 ? 1 : 0,
      );
      if (taken.includes(1)) this.collect(branch, reduced, taken.includes(0) ? taken : null);
    }
  }

  private collectCells(node: CellNode, reduced: AxisSlot[], mask: Mask): void {
    const { tensor, indices, free } = node;
    if (!indices.every((index) => this.isKnown(index))) {
      this.add({ tensor: tensor.name, index: this.wideSpans(node, reduced) });
      return;
    }
    const spans = mask === null ? this.spans(indices, reduced) : null;
    if (spans !== null) {
      this.add({ tensor: tensor.name, index: spans });
      return;
    }
    // Without a mask, axes that no index depends on would only repeat the same cells.
    const axes = mask === null ? reduced.filter((axis) => free.has(axis)) : reduced;
    const strides = stridesOf(tensor.shape(this.formula.values.lengths));
    const offsets = this.atEach(axes, () =>
      indices.reduce((sum, index, axis) => sum + index.value() * strides[axis]!, 0),
    );
    const read = new Set(mask === null ? offsets : offsets.filter((_, at) => mask[at] !== 0));
    const rows = [...read].sort((a, b) => a - b).map((offset) => unravelled(offset, strides));
    const box = strides.map((_, axis) => span(new Set(rows.map((row) => row[axis]!))));
    if (box.every((each) => each !== null) && boxSize(box) === rows.length) {
      this.add({ tensor: tensor.name, index: box });
      return;
    }
    for (const index of rows) this.add({ tensor: tensor.name, index });
  }

  /** The positions of each index, if the indices do not depend on the same axes and are evenly spaced. */
  private spans(indices: Node[], reduced: AxisSlot[]): (number | Range)[] | null {
    const used = new Set<AxisSlot>();
    const spans: (number | Range)[] = [];
    for (const index of indices) {
      const axes = reduced.filter((axis) => axis.length > 1 && index.free.has(axis));
      if (axes.some((axis) => used.has(axis))) return null;
      for (const axis of axes) used.add(axis);
      const own = this.span(index, axes);
      if (own === null) return null;
      spans.push(own);
    }
    return spans;
  }

  /** The same with every position where an index cannot be known. */
  private wideSpans({ tensor, indices }: CellNode, reduced: AxisSlot[]): (number | Range)[] {
    const shape = tensor.shape(this.formula.values.lengths);
    return indices.map((index, axis) => {
      const axes = reduced.filter((each) => each.length > 1 && index.free.has(each));
      const all: Range = [0, shape[axis]!, 1];
      return this.isKnown(index) ? (this.span(index, axes) ?? all) : all;
    });
  }

  /** Whether the values that `node` depends on are there. */
  private isKnown(node: Node): boolean {
    if (node.tag === "cell" && this.formula.values.get(node.tensor.name) === undefined)
      return false;
    return childrenOf(node).every((child) => this.isKnown(child));
  }

  private span(index: Node, axes: AxisSlot[]): number | Range | null {
    if (index.tag === "index" && axes.length === 1) return [0, axes[0]!.length, 1];
    return axes.length === 0 ? index.value() : span(new Set(this.atEach(axes, index.value)));
  }

  /** The value at every combination of positions of `axes`. */
  private atEach(axes: AxisSlot[], value: () => number): number[] {
    return Array.from({ length: countOf(axes) }, (_, flat) => {
      moveAlong(axes, flat, this.formula.positions);
      return value();
    });
  }
}

/** Distinct positions as one position or an evenly spaced range; null when they are neither. */
function span(positions: Set<number>): number | Range | null {
  const [first, second, ...rest] = [...positions].sort((a, b) => a - b) as [
    number,
    number,
    ...number[],
  ];
  if (positions.size === 1) return first;
  const step = second - first;
  let last = second;
  for (const position of rest) {
    if (position - last !== step) return null;
    last = position;
  }
  return [first, last + 1, step];
}

function boxSize(box: (number | Range)[]): number {
  return box.reduce<number>(
    (size, each) => size * (typeof each === "number" ? 1 : positionsOf(each).length),
    1,
  );
}

function unravelled(offset: number, strides: number[]): number[] {
  return strides.map((stride) => {
    const position = Math.floor(offset / stride);
    offset -= position * stride;
    return position;
  });
}
