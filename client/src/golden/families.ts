/**
 * The golden models of all families (`tests/golden/families.py`), as objects of the client. For tests.
 *
 * Their weights are not in the files: both languages make them, with the random numbers that sampling
 * takes, which golden cases of their own hold to Python's.
 */
import { infoOf, LoadedModel, Values, type ValueArray, type wire } from "../bundle";
import { TINY } from "../bundle/testing";
import { uniform } from "../formula/sampling";
import type { GoldenNumber } from "./golden";
import decoder from "./decoder.json";

export interface FamilyExplanation {
  tensor: string;
  index: number[];
  evaluated: GoldenNumber;
  numbersText: string;
  sources: { tensor: string; index: (number | number[])[] }[];
  /** Operation, value and number of terms. */
  sums: [string, GoldenNumber, number][];
}

interface FamilyFile {
  model: Pick<wire.Model, "name" | "tokens" | "decoder" | "axes"> & {
    tensors: Omit<wire.Tensor, "label">[];
  };
  tokens: number[];
  decoder: number[];
  /** Bytes of all cells, in order, as base64. */
  values: Record<string, string>;
  explanations: FamilyExplanation[];
}

const FILES = import.meta.glob<FamilyFile>("./families/*.json", { eager: true, import: "default" });

/** What they state no limit of. */
const LIMITS = { context: 10, vocabulary: { size: 11 } };

export interface GoldenFamily {
  readonly values: Values;
  readonly explanations: FamilyExplanation[];
}

/** By name of the family: its model with Python's run. */
export const families: ReadonlyMap<string, GoldenFamily> = new Map(
  Object.values(FILES).map((file) => [file.model.name, familyOf(file)]),
);

function familyOf(file: FamilyFile): GoldenFamily {
  const tensors = file.model.tensors.map((tensor) => ({ ...tensor, label: "" }));
  const kinds = decoder.kinds as wire.AxisKind[];
  const model = new LoadedModel({ ...TINY, ...LIMITS, ...file.model, tensors }, kinds);
  const info = infoOf(model, file.tokens, file.decoder);
  const weights = new Map<string, ValueArray>();
  const run = new Map<string, ValueArray>();
  for (const name of model.names) {
    const { spec } = model.tensor(name);
    const shape = model.tensor(name).shape(info.lengths);
    if (spec.role === "weight") weights.set(name, randomWeight(shape, weights.size));
    else run.set(name, { shape, data: unpacked(file.values[name]!, spec.integer ?? false) });
  }
  const values = Values.empty(model).withWeights(weights, "golden").withRun(run, info, "golden");
  return { values, explanations: file.explanations };
}

function randomWeight(shape: number[], seed: number): ValueArray {
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
  return { shape, data: data.map((_, i) => 2 * uniform(seed, i) - 1) };
}

function unpacked(text: string, integer: boolean): ValueArray["data"] {
  const { buffer } = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return integer ? new Int32Array(buffer) : new Float32Array(buffer);
}
