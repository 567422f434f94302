/**
 * A forward pass in the browser: every tensor of a model for one prompt, computed from its formula.
 *
 * Formulas are lowered once for each length of the inputs; layers that are alike share one lowering.
 */
import { type Lengths, type LoadedModel, rowMajor, type ValueArray, type wire } from "../bundle";
import { lower, type Lowered } from "./lower";
import type { Data } from "./view";

export type Arrays = Map<string, ValueArray>;

interface Step {
  readonly name: string;
  readonly shape: number[];
  readonly integer: boolean;
  readonly lowered: Lowered;
  /** Full names, in the order of `lowered.reads`. */
  readonly reads: string[];
}

/** How many lengths of prompt are kept lowered. */
const LENGTHS_KEPT = 16;
/** Larger tensors are read as they are: a second array of them would cost more than it saves. */
const WIDENED = 1 << 18;
/** How many weights are kept a second time in all. */
const WEIGHTS_WIDENED = 1 << 22;

export class Plan {
  private readonly steps = new Map<string, Step[]>();
  /** Tensors with 64 bits for each number: loops are quick on one kind of array. */
  private readonly buffers = new Map<string, Float64Array>();
  private room = WEIGHTS_WIDENED;
  private readonly weights: ReadonlyMap<string, ValueArray>;

  constructor(
    private readonly model: LoadedModel,
    weights: ReadonlyMap<string, ValueArray>,
  ) {
    // Tied weights are put in order here: in a worker, if there is one, and not sent there twice.
    this.weights = new Map([...weights].map(([name, array]) => [name, rowMajor(array)]));
  }

  /**
   * Every tensor but the weights, by full name; `decoder` are the tokens of a decoder of its own.
   * Throws RangeError for tokens the model cannot take.
   */
  run(tokens: readonly number[], decoder: readonly number[] = []): Arrays {
    const { spec } = this.model;
    const values: Arrays = new Map();
    const wide = new Map<string, Data>();
    const lengths: Record<string, number> = {};
    for (const [name, ids] of this.prompts(tokens, decoder)) {
      checkTokens(ids, spec);
      lengths[name] = ids.length;
      values.set(name, { data: Int32Array.from(ids), shape: [ids.length] });
    }
    for (const { name, role } of spec.tensors) {
      if (role !== "input" || values.has(name)) continue;
      const shape = this.model.tensor(name).shape(lengths);
      values.set(name, { data: new Int32Array(sizeOf(shape)), shape }); // such as segments
    }
    for (const [name, { data }] of values) wide.set(name, this.widened(name, data));
    for (const { name, shape, integer, lowered, reads } of this.stepsFor(lengths)) {
      for (let i = 0; i < reads.length; i++) {
        lowered.inputs[i] = wide.get(reads[i]!) ?? this.weight(reads[i]!);
      }
      const data = integer ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
      lowered.run(data);
      values.set(name, { data, shape });
      wide.set(name, this.widened(name, data));
    }
    return values;
  }

  /** What was just computed as formulas read it: the same numbers, in an array that is used again. */
  private widened(name: string, data: ValueArray["data"]): Data {
    const known = this.buffers.get(name);
    if (known !== undefined && known.length >= data.length) {
      known.set(data);
      return known;
    }
    if (data.length > WIDENED && data instanceof Float32Array) return data;
    const made = Float64Array.from(data);
    this.buffers.set(name, made);
    return made;
  }

  private weight(name: string): Data {
    const known = this.buffers.get(name);
    if (known !== undefined) return known;
    const { data } = this.weights.get(name)!;
    const isLarge = data.length > WIDENED || data.length > this.room;
    if (isLarge && data instanceof Float32Array) return data;
    this.room -= data.length;
    return this.widened(name, data);
  }

  /** The inputs that hold tokens, by name. */
  private prompts(
    tokens: readonly number[],
    decoder: readonly number[],
  ): [string, readonly number[]][] {
    const { spec } = this.model;
    return spec.decoder === null
      ? [[spec.tokens, tokens]]
      : [
          [spec.tokens, tokens],
          [spec.decoder, decoder],
        ];
  }

  private stepsFor(lengths: Lengths): Step[] {
    const key = Object.values(lengths).join();
    let steps = this.steps.get(key);
    if (steps === undefined) {
      steps = this.lowerAll(lengths);
      if (this.steps.size >= LENGTHS_KEPT) this.steps.delete(this.steps.keys().next().value!);
      this.steps.set(key, steps);
    }
    return steps;
  }

  private lowerAll(lengths: Lengths): Step[] {
    const { model } = this;
    const lowered = new Map<wire.Tensor, Lowered>();
    const steps: Step[] = [];
    for (const name of model.names) {
      const tensor = model.tensor(name);
      const { spec, layer } = tensor;
      if (spec.formula == null) continue;
      let made = lowered.get(spec);
      if (made === undefined) {
        const shapes = {
          axis: (axis: string) => model.axis(axis),
          axesOf: (ref: string) => model.tensor(model.resolve(ref, layer)).axes,
          isWeight: (ref: string) => this.weights.has(model.resolve(ref, layer)),
        };
        made = lower(spec.formula, tensor.axes, shapes, lengths);
        lowered.set(spec, made);
      }
      const reads = made.reads.map((ref) => model.resolve(ref, layer));
      const integer = spec.integer ?? false;
      steps.push({ name, shape: tensor.shape(lengths), integer, lowered: made, reads });
    }
    return steps;
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function checkTokens(tokens: readonly number[], spec: wire.Model): void {
  if (tokens.length === 0 || tokens.length > spec.context) {
    throw new RangeError(
      `${spec.name} takes from 1 to ${spec.context} tokens; the prompt has ${tokens.length}.`,
    );
  }
  const last = spec.vocabulary.size - 1;
  const wrong = tokens.find((token) => !Number.isInteger(token) || token < 0 || token > last);
  if (wrong !== undefined) {
    throw new RangeError(
      `${wrong} is no token of ${spec.name}: they are numbered from 0 to ${last}.`,
    );
  }
}
