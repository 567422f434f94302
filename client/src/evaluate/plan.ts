/**
 * A forward pass in the browser: every tensor of a model for one prompt, computed from its formula.
 *
 * Formulas are lowered once for each length of prompt; layers that are alike share one lowering.
 */
import type { LoadedModel, ValueArray, wire } from "../bundle";
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
  private readonly steps = new Map<number, Step[]>();

  constructor(
    private readonly model: LoadedModel,
    private readonly weights: ReadonlyMap<string, ValueArray>,
  ) {}

  /** Every tensor but the weights, by full name. Throws RangeError for tokens the model cannot take. */
  run(tokens: readonly number[]): Arrays {
    const { spec } = this.model;
    checkTokens(tokens, spec);
    const values: Arrays = new Map([
      [spec.tokens, { data: Int32Array.from(tokens), shape: [tokens.length] }],
    ]);
    for (const { name, role } of spec.tensors) {
      if (role !== "input" || name === spec.tokens) continue;
      values.set(name, { data: new Int32Array(tokens.length), shape: [tokens.length] }); // such as segments
    }
    for (const { name, shape, integer, lowered, reads } of this.stepsFor(tokens.length)) {
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

  private stepsFor(tokens: number): Step[] {
    let steps = this.steps.get(tokens);
    if (steps === undefined) {
      steps = this.lowerAll(tokens);
      if (this.steps.size >= LENGTHS_KEPT) this.steps.delete(this.steps.keys().next().value!);
      this.steps.set(tokens, steps);
    }
    return steps;
  }

  private lowerAll(tokens: number): Step[] {
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
        made = lower(spec.formula, tensor.axes, shapes, tokens);
        lowered.set(spec, made);
      }
      const reads = made.reads.map((ref) => model.resolve(ref, layer));
      const integer = spec.integer ?? false;
      steps.push({ name, shape: tensor.shape(tokens), integer, lowered: made, reads });
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
