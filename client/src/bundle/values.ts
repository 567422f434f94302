/** The numbers of a model: its weights and every value of one run. */
import type { CellRef } from "./cell";
import { BundleError } from "./errors";
import type { Lengths, LoadedModel } from "./model";
import type { ValueArray } from "./safetensors";
import type * as wire from "./wire";

export type Arrays = ReadonlyMap<string, ValueArray>;

/** What a colour scale and a legend need to know of a tensor. NaN and infinities do not count. */
export interface Summary {
  /** Smallest and largest finite value; both 0 when there is none. */
  readonly min: number;
  readonly max: number;
  /** Root of the mean square of the finite values. */
  readonly rms: number;
  /** How many values are not finite. */
  readonly infinite: number;
}

const NO_RUN: wire.RunInfo = { model: "", tokens: [], texts: [], lengths: {} };

/** Immutable: another run is another object, and shares the weights. */
export class Values {
  private readonly summaries = new Map<string, Summary>();

  private constructor(
    readonly model: LoadedModel,
    private readonly weights: Arrays,
    private readonly run: Arrays,
    private readonly info: wire.RunInfo,
  ) {}

  /** No numbers at all: the structure of a model. */
  static empty(model: LoadedModel): Values {
    return new Values(model, new Map(), new Map(), NO_RUN);
  }

  /** The token ids of the run. */
  get tokens(): number[] {
    return this.info.tokens;
  }

  /** The token ids that the decoder has read; empty where there is none. */
  get decoder(): number[] {
    return this.info.decoder ?? [];
  }

  /** The lengths of the inputs of the run, which axes name; empty without a run. */
  get lengths(): Lengths {
    return this.info.lengths;
  }

  /** The text of each token. */
  get texts(): string[] {
    return this.info.texts;
  }

  /** The texts of the tokens of each input that holds some. */
  get textsOf(): Readonly<Record<string, readonly string[]>> {
    const { tokens, decoder } = this.model.spec;
    const { texts, decoder_texts = [] } = this.info;
    return { [tokens]: texts, ...(decoder !== null && { [decoder]: decoder_texts }) };
  }

  /** The text of a token that may come next, where the run tells it. */
  nextText(token: number): string | undefined {
    return this.info.next?.find(([id]) => id === token)?.[1];
  }

  /**
   * The same run with these weights. `where` names their file in messages.
   *
   * Throws BundleError that lists every weight that is missing or has another shape.
   */
  withWeights(weights: Arrays, where: string): Values {
    checkArrays(this.model, weights, { isWeight: true, lengths: {}, where });
    return new Values(this.model, weights, this.run, this.info);
  }

  /**
   * The same weights with another run. `where` names its file in messages.
   *
   * Throws BundleError that lists every tensor that is missing or has another shape.
   */
  withRun(run: Arrays, info: wire.RunInfo, where: string): Values {
    checkArrays(this.model, run, { isWeight: false, lengths: info.lengths, where });
    return new Values(this.model, this.weights, run, info);
  }

  /** The values of a tensor by its full name; undefined when there are none (structure only). */
  get(name: string): ValueArray | undefined {
    return this.run.get(name) ?? this.weights.get(name);
  }

  /** The value of a cell; undefined when there is none. */
  at(cell: CellRef): number | undefined {
    const array = this.get(cell.tensor);
    if (array === undefined || cell.index.length !== array.shape.length) return undefined;
    let offset = 0;
    for (let axis = 0; axis < array.shape.length; axis++) {
      const position = cell.index[axis]!;
      const length = array.shape[axis]!;
      if (position < 0 || position >= length) return undefined;
      offset = offset * length + position;
    }
    return array.data[offset];
  }

  /** The range of a tensor's values, computed once; undefined when there are none. */
  summary(name: string): Summary | undefined {
    let summary = this.summaries.get(name);
    const array = this.get(name);
    if (summary === undefined && array !== undefined) {
      this.summaries.set(name, (summary = summarize(array.data)));
    }
    return summary;
  }
}

/** The steps between neighbours along each axis of a row-major array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

function summarize(data: ValueArray["data"]): Summary {
  let min = Infinity;
  let max = -Infinity;
  let squares = 0;
  let finite = 0;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    finite += 1;
    squares += value * value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const infinite = data.length - finite;
  if (finite === 0) return { min: 0, max: 0, rms: 0, infinite };
  return { min, max, rms: Math.sqrt(squares / finite), infinite };
}

function checkArrays(
  model: LoadedModel,
  arrays: Arrays,
  expected: { isWeight: boolean; lengths: Lengths; where: string },
): void {
  const problems: string[] = [];
  for (const name of model.names) {
    const tensor = model.tensor(name);
    if ((tensor.spec.role === "weight") !== expected.isWeight) continue;
    const shape = tensor.shape(expected.lengths).join(" x ");
    const found = arrays.get(name)?.shape.join(" x ");
    if (found === undefined) problems.push(`${name} is missing`);
    else if (found !== shape) problems.push(`${name} has shape ${found} instead of ${shape}`);
  }
  if (problems.length > 0) {
    throw new BundleError(`${expected.where} does not fit the model: ${problems.join("; ")}.`);
  }
}
