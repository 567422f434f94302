/** The golden files that Python makes (`tests/golden/make.py`), as objects of the client. For tests. */
import { expect } from "vitest";
import { infoOf, LoadedModel, Values, type ValueArray, type wire } from "../bundle";
import { TINY } from "../bundle/testing";

/** A number; infinities and NaN, which JSON cannot hold, as Python writes them. */
export type GoldenNumber = number | "inf" | "-inf" | "nan";

export interface GoldenExplanation {
  tensor: string;
  index: number[];
  axes: string[];
  value: GoldenNumber;
  evaluated: GoldenNumber;
  role: string;
  latex: string;
  text: string;
  numbersLatex: string;
  numbersText: string;
  sums: {
    op: string;
    axes: string[];
    product: boolean;
    value: GoldenNumber;
    count: number;
    terms: {
      at: number[];
      value: GoldenNumber;
      factors: { tensor: string | null; index: number[]; value: GoldenNumber }[];
    }[];
  }[];
  sources: { tensor: string; index: (number | number[])[] }[];
  origin: string | null;
}

export interface GoldenFile {
  kinds: wire.AxisKind[];
  model: Pick<wire.Model, "name" | "tokens" | "decoder" | "axes" | "tensors">;
  tokens: number[];
  decoder: number[];
  lengths: Record<string, number>;
  values: Record<string, { shape: number[]; data: GoldenNumber[] }>;
  explanations: GoldenExplanation[];
}

export function numberOf(golden: GoldenNumber): number {
  if (typeof golden === "number") return golden;
  return golden === "inf" ? Infinity : golden === "-inf" ? -Infinity : NaN;
}

/** Equal up to the order in which float64 sums are added. */
export function near(golden: GoldenNumber): unknown {
  const number = numberOf(golden);
  if (!Number.isFinite(number)) return number;
  return expect.toSatisfy(
    (x: number) => Math.abs(x - number) <= 1e-12 * (1 + Math.abs(number)),
    `within 1e-12 of ${number}`,
  );
}

/** The model of a golden file with its run. */
export function valuesOf(file: GoldenFile): Values {
  const model = new LoadedModel({ ...TINY, ...file.model }, file.kinds);
  const weights = new Map<string, ValueArray>();
  const run = new Map<string, ValueArray>();
  for (const [name, { shape, data }] of Object.entries(file.values)) {
    const { role, integer } = model.tensor(name).spec;
    const numbers = data.map(numberOf);
    const array = { shape, data: integer ? Int32Array.from(numbers) : Float32Array.from(numbers) };
    (role === "weight" ? weights : run).set(name, array);
  }
  const info = infoOf(model, file.tokens, file.decoder);
  return Values.empty(model).withWeights(weights, "golden").withRun(run, info, "golden");
}
