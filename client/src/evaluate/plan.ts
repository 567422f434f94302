/**
 * A forward pass in the browser: every tensor of a model for one prompt, computed from its formula.
 *
 * Formulas are lowered once for each length of the inputs; layers that are alike share one lowering.
 */
import type { Lengths, LoadedModel, ValueArray, wire } from "../bundle";
import { lower, type Lowered } from "./lower";

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

export class Plan {
  private readonly steps = new Map<string, Step[]>();

  constructor(
    private readonly model: LoadedModel,
    private readonly weights: ReadonlyMap<string, ValueArray>,
  ) {}

  /**
   * Every tensor but the weights, by full name; `decoder` are the tokens of a decoder of its own.
   * Throws RangeError for tokens the model cannot take.
   */
  run(tokens: readonly number[], decoder: readonly number[] = []): Arrays {
    const { spec } = this.model;
    const values: Arrays = new Map();
    const lengths: Record<string, number> = {};
    for (const [name, ids] of this.prompts(tokens, decoder)) {
      checkTokens(ids, spec);
      lengths[name] = ids.length;
      values.set(name, { data: Int32Array.from(ids), shape: [ids.length] });
    }
    for (const { name, role } of spec.tensors) {
      if (role !== "input" || values.has(name)) continue;
      const shape = this.model.tensor(name).shape(lengths);
      const size = shape.reduce((product, length) => product * length, 1);
      values.set(name, { data: new Int32Array(size), shape }); // such as segments
    }
    for (const { name, shape, integer, lowered, reads } of this.stepsFor(lengths)) {
      for (let i = 0; i < reads.length; i++) {
        lowered.inputs[i] = (values.get(reads[i]!) ?? this.weights.get(reads[i]!))!.data;
      }
      const size = shape.reduce((product, length) => product * length, 1);
      const data = integer ? new Int32Array(size) : new Float32Array(size);
      lowered.run(data);
      values.set(name, { data, shape });
    }
    return values;
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
