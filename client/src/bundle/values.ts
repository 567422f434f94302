/** The numbers of a model: its weights and every value of one run. */
import { words } from "../words";
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

  /**
   * The place whose prediction matters: the last one, or, of a model that fills in hidden tokens, the first
   * that is hidden; null without a run.
   */
  get place(): number | null {
    const { predicts, vocabulary } = this.model.spec;
    const last = (this.lengths[this.model.written] ?? 0) - 1;
    const hidden = predicts === "masked" ? this.tokens.indexOf(vocabulary.mask ?? -1) : -1;
    return hidden >= 0 ? hidden : last >= 0 ? last : null;
  }

  /** The text of each token. */
  get texts(): string[] {
    return this.info.texts;
  }

  /** What one types to get the tokens of the prompt; null: their texts, one after the other. */
  get text(): string | null {
    return this.info.text ?? null;
  }

  /** The same of the decoder, behind its start token. */
  get decoderText(): string | null {
    return this.info.decoder_text ?? null;
  }

  /** The texts of the tokens of each input that holds some. */
  get textsOf(): Readonly<Record<string, readonly string[]>> {
    const { tokens, decoder } = this.model.spec;
    const { texts, decoder_texts = [] } = this.info;
    return { [tokens]: texts, ...(decoder !== null && { [decoder]: decoder_texts }) };
  }

  /** The text of a token that may come next, where the run tells it. */
  nextText(token: number): string | undefined {
    return this.nextTexts.get(token);
  }

  /** The text of a token of the vocabulary, where the run tells it: one that may come next, or one that was read. */
  textOf(token: number): string | undefined {
    const { tokens, texts, decoder = [], decoder_texts = [] } = this.info;
    const at = tokens.indexOf(token);
    return this.nextText(token) ?? (at >= 0 ? texts[at] : decoder_texts[decoder.indexOf(token)]);
  }

  /** All that may come next, by their ids. */
  get nextTexts(): ReadonlyMap<number, string> {
    return new Map(this.info.next ?? []);
  }

  /**
   * The same run with these weights. `where` names their file in messages.
   *
   * Throws BundleError that lists every weight that is missing or has another shape.
   */
  withWeights(weights: Arrays, where: string): Values {
    const all = withTied(this.model, weights);
    checkArrays(this.model, all, { isWeight: true, lengths: {}, where });
    return new Values(this.model, all, this.run, this.info);
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
    const strides = stepsOf(array);
    let offset = 0;
    for (let axis = 0; axis < array.shape.length; axis++) {
      const position = cell.index[axis]!;
      if (position < 0 || position >= array.shape[axis]!) return undefined;
      offset += position * strides[axis]!;
    }
    return array.data[offset];
  }

  /** The range of a tensor's values, computed once; undefined when there are none. */
  summary(name: string): Summary | undefined {
    const array = this.get(name);
    if (array === undefined) return undefined;
    for (const _ of summarizing(array));
    return summaries.get(array.data);
  }

  /** Compute that in pieces, with a pause after each, where it is not known yet. */
  *summarizing(name: string): Generator<void> {
    const array = this.get(name);
    if (array !== undefined) yield* summarizing(array);
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

/** The steps between neighbours along each axis of these values. */
export function stepsOf({ shape, strides }: ValueArray): readonly number[] {
  return strides ?? stridesOf(shape);
}

/** The same values in row-major order. */
export function rowMajor(array: ValueArray): ValueArray {
  const { data, shape, strides } = array;
  if (strides === undefined) return array;
  const made = data instanceof Float32Array ? new Float32Array(data.length) : new Int32Array(data);
  const at = shape.map(() => 0);
  for (let i = 0, from = 0; i < made.length; i++) {
    made[i] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= at[axis]! * strides[axis]!;
      at[axis] = 0;
    }
  }
  return { data: made, shape };
}

/** Weights, and those that are the same numbers with their axes in another order. */
function withTied(model: LoadedModel, weights: Arrays): Arrays {
  const all = new Map(weights);
  for (const name of model.names) {
    const { spec, layer, axes } = model.tensor(name);
    if (spec.tied_to == null || weights.has(name)) continue;
    const other = model.tensor(model.resolve(spec.tied_to, layer));
    const array = weights.get(other.name);
    if (array === undefined) continue;
    const places = axes.map((axis) => other.axes.findIndex((each) => each.name === axis.name));
    const steps = stepsOf(array);
    all.set(name, {
      data: array.data,
      shape: places.map((place) => array.shape[place]!),
      strides: places.map((place) => steps[place]!),
    });
  }
  return all;
}

/** Weights are the same numbers in every run, and tied ones share them. */
const summaries = new WeakMap<ValueArray["data"], Summary>();
/** Numbers that are looked at between two pauses: about a millisecond. */
const PIECE = 400_000;

function* summarizing({ data }: ValueArray): Generator<void> {
  if (summaries.has(data)) return;
  let min = Infinity;
  let max = -Infinity;
  let squares = 0;
  let finite = 0;
  for (let from = 0; from < data.length; from += PIECE) {
    const to = Math.min(from + PIECE, data.length);
    for (let i = from; i < to; i++) {
      const value = data[i]!;
      if (value - value !== 0) continue; // NaN and infinities; quicker than to ask
      finite += 1;
      squares += value * value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    if (to < data.length) yield;
  }
  const infinite = data.length - finite;
  const found = { min, max, rms: Math.sqrt(squares / finite), infinite };
  summaries.set(data, finite === 0 ? { min: 0, max: 0, rms: 0, infinite } : found);
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
    if (found === undefined) problems.push(words.files.missing(name));
    else if (found !== shape) problems.push(words.files.shape(name, found, shape));
  }
  if (problems.length > 0) {
    throw new BundleError(words.files.misfit(expected.where, problems.join("; ")));
  }
}
