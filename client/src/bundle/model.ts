/**
 * One model of a bundle, with the tensors of repeated layers written out.
 *
 * The wire format declares a tensor that exists in several layers once (`blocks.*.attn.q`). Here
 * every occurrence has its full name (`blocks.0.attn.q`), so that nothing after this file has to
 * know how layers are named.
 */
import { nearMatches, UnknownTensor } from "./errors";
import type * as wire from "./wire";

/** Of each input that axes are as long as, its length in a run; what is not in it counts as full. */
export type Lengths = Readonly<Record<string, number>>;

/** The length of an axis in a run. */
export function lengthOf({ length_of, size }: wire.Axis, lengths: Lengths): number {
  return length_of === null ? size : (lengths[length_of] ?? size);
}

/** One occurrence of a tensor: its declaration, bound to a layer. */
export class TensorInfo {
  constructor(
    /** The full name, for example `blocks.0.attn.q`. */
    readonly name: string,
    readonly spec: wire.Tensor,
    /** The layer it belongs to; null when it does not repeat. */
    readonly layer: number | null,
    readonly axes: wire.Axis[],
  ) {}

  /** The length of each axis in a run whose inputs have these lengths. */
  shape(lengths: Lengths): number[] {
    return this.axes.map((axis) => lengthOf(axis, lengths));
  }
}

export class LoadedModel {
  /** Every full tensor name in the order of computation. */
  readonly names: string[];
  readonly axes: ReadonlyMap<string, wire.Axis>;
  private readonly infos = new Map<string, TensorInfo>();
  private readonly readersOf = new Map<string, string[]>();
  private readonly readsOf = new Map<string, string[]>();

  constructor(
    readonly spec: wire.Model,
    /** What the kinds of its axes are called; a kind that is missing has no letter of its own. */
    readonly kinds: readonly wire.AxisKind[] = [],
  ) {
    this.axes = new Map(spec.axes.map((axis) => [axis.name, axis]));
    for (const group of groupedByStack(spec.tensors)) {
      for (const [tensor, layer] of occurrences(group)) {
        const name = layer === null ? tensor.name : fullName(tensor.name, layer);
        const axes = tensor.axes.map((axis) => this.axis(axis));
        this.infos.set(name, new TensorInfo(name, tensor, layer, axes));
      }
    }
    this.names = [...this.infos.keys()];
  }

  /** What a run leads to: the probabilities, or the last tensor where nothing is predicted. */
  get result(): string {
    return this.spec.probabilities ?? this.names.at(-1)!;
  }

  /** The input that predictions go on with: the decoder's tokens, or the prompt. */
  get written(): string {
    return this.spec.decoder ?? this.spec.tokens;
  }

  /** Throws UnknownTensor with near matches. */
  tensor(name: string): TensorInfo {
    const info = this.infos.get(name);
    if (info === undefined) throw new UnknownTensor(name, nearMatches(name, this.names));
    return info;
  }

  has(name: string): boolean {
    return this.infos.has(name);
  }

  axis(name: string): wire.Axis {
    const axis = this.axes.get(name);
    if (axis === undefined) throw new Error(`${this.spec.name} has no axis ${name}`);
    return axis;
  }

  /** The letter of an axis's length in formulas, the same for all axes of a kind: C of `c`. */
  letter(axis: wire.Axis): string {
    return this.kinds.find((kind) => kind.name === axis.kind)?.letter ?? axis.name.toUpperCase();
  }

  /**
   * The full name that `ref` has when it is written in layer `layer`: `blocks.*.x` is the same
   * layer, `blocks.<.x` the one before.
   */
  resolve(ref: string, layer: number | null): string {
    return resolve(ref, layer);
  }

  /** The tensors that the formula of `name` reads, each once, in the order of the formula. */
  reads(name: string): string[] {
    let reads = this.readsOf.get(name);
    if (reads === undefined) {
      const { spec, layer } = this.tensor(name);
      const found = new Set<string>();
      if (spec.formula) collectReads(spec.formula, layer, found);
      this.readsOf.set(name, (reads = [...found]));
    }
    return reads;
  }

  /** The other weights whose numbers stand in the same array of a checkpoint, in the order of computation. */
  storedWith(name: string): TensorInfo[] {
    const { spec, layer } = this.tensor(name);
    const { origin } = spec;
    if (spec.role !== "weight" || origin == null) return [];
    const stands = (other: TensorInfo): boolean =>
      other.name !== name && other.layer === layer && other.spec.origin?.text === origin.text;
    const isTied = (other: TensorInfo): boolean =>
      other.spec.tied_to != null || spec.tied_to === other.spec.name;
    return [...this.infos.values()].filter((other) => stands(other) && !isTied(other));
  }

  /** The tensors whose formula reads this tensor, in the order of computation. */
  readers(name: string): string[] {
    if (this.readersOf.size === 0) {
      for (const each of this.names) this.readersOf.set(each, []);
      for (const reader of this.names) {
        for (const read of this.reads(reader)) this.readersOf.get(read)?.push(reader);
      }
    }
    return this.readersOf.get(this.tensor(name).name)!;
  }
}

/** What stands before `.*` in the name of a repeated tensor or module; null when it does not repeat. */
export function stackOf(name: string): string | null {
  const star = name.indexOf(".*");
  return star < 0 ? null : name.slice(0, star);
}

/** `blocks.*.attn.q` in layer 2 is `blocks.2.attn.q`. */
export function fullName(template: string, layer: number): string {
  return template.replace("*", String(layer));
}

function resolve(ref: string, layer: number | null): string {
  if (layer === null) return ref;
  return ref.includes("*") ? fullName(ref, layer) : ref.replace(".<.", `.${layer - 1}.`);
}

/** Neighbours of the same stack together: they are computed layer by layer. */
function groupedByStack(tensors: wire.Tensor[]): wire.Tensor[][] {
  const groups: wire.Tensor[][] = [];
  let stack: string | null = null;
  for (const tensor of tensors) {
    const own = stackOf(tensor.name);
    if (own === null || own !== stack) groups.push([]);
    stack = own;
    groups.at(-1)!.push(tensor);
  }
  return groups;
}

function* occurrences(group: wire.Tensor[]): Generator<[wire.Tensor, number | null]> {
  const layers = new Set(group.flatMap((tensor) => tensor.layers ?? []));
  if (layers.size === 0) for (const tensor of group) yield [tensor, null];
  for (const layer of [...layers].sort((a, b) => a - b)) {
    for (const tensor of group) if (tensor.layers?.includes(layer)) yield [tensor, layer];
  }
}

function collectReads(expr: wire.Expr, layer: number | null, found: Set<string>): void {
  switch (expr[0]) {
    case "cell":
      found.add(resolve(expr[1], layer));
      for (const index of expr[2]) collectReads(index, layer, found);
      break;
    case "apply":
      for (const argument of expr[2]) collectReads(argument, layer, found);
      break;
    case "reduce":
      collectReads(expr[3], layer, found);
  }
}
