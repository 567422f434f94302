/** Every tensor of the golden models, computed here, against what Python computed. */
import { expect, test } from "vitest";
import { LoadedModel, Values, type ValueArray } from "../bundle";
import decoder from "../golden/decoder.json";
import experts from "../golden/experts.json";
import gpt2 from "../golden/gpt2.json";
import { valuesOf, type GoldenFile } from "../golden/golden";
import operations from "../golden/operations.json";
import windows from "../golden/windows.json";
import { Plan } from "./plan";

const FILES = { gpt2, operations, experts, windows, decoder } as unknown as Record<
  string,
  GoldenFile
>;

const CONTEXT = 10;
const VOCABULARY = 50;

/** The plan of a golden model, with the limits that golden files do not state. */
function planOf(values: Values): Plan {
  const { spec, kinds } = values.model;
  const limits = { context: CONTEXT, vocabulary: { size: VOCABULARY } };
  const model = new LoadedModel({ ...spec, ...limits }, kinds);
  const weights = new Map<string, ValueArray>();
  for (const name of values.model.names) {
    if (values.model.tensor(name).spec.role === "weight") weights.set(name, values.get(name)!);
  }
  return new Plan(model, weights);
}

function farthest(actual: ValueArray, expected: ValueArray): number {
  let worst = 0;
  expected.data.forEach((wanted, i) => {
    const got = actual.data[i]!;
    if (Object.is(got, wanted) || got === wanted) return;
    const distance = Math.abs(got - wanted) / Math.max(1, Math.abs(wanted));
    worst = Number.isNaN(distance) ? Infinity : Math.max(worst, distance);
  });
  return worst;
}

test.each(Object.keys(FILES))("every tensor of %s is within 1e-5 of Python's", (name) => {
  const values = valuesOf(FILES[name]!);
  const computed = planOf(values).run(values.tokens, values.decoder);
  for (const tensor of values.model.names) {
    if (values.model.tensor(tensor).spec.role === "weight") continue;
    const actual = computed.get(tensor)!;
    const expected = values.get(tensor)!;
    expect(actual.shape, tensor).toEqual(expected.shape);
    expect(farthest(actual, expected), tensor).toBeLessThan(1e-5);
  }
});

test("a run leaves the arrays of the run before as they were", () => {
  const values = valuesOf(FILES["gpt2"]!);
  const plan = planOf(values);
  const logits = values.model.spec.logits!;
  const first = plan.run(values.tokens).get(logits)!;
  const before = Array.from(first.data);
  plan.run([...values.tokens].reverse());
  expect(Array.from(first.data)).toEqual(before);
});

test("the values of a token do not depend on those after it, and lengths can change", () => {
  const values = valuesOf(FILES["gpt2"]!);
  const plan = planOf(values);
  const logits = values.model.spec.logits!;
  const whole = plan.run(values.tokens).get(logits)!;
  const start = plan.run(values.tokens.slice(0, 2)).get(logits)!;
  const width = whole.shape[1]!;
  expect(start.shape).toEqual([2, width]);
  expect(
    farthest(start, { data: whole.data.slice(0, 2 * width), shape: start.shape }),
  ).toBeLessThan(1e-6);
});

test("tokens that the model cannot take are refused with the range", () => {
  const values = valuesOf(FILES["gpt2"]!);
  const plan = planOf(values);
  expect(() => plan.run([])).toThrow(`from 1 to ${CONTEXT} tokens`);
  expect(() => plan.run(new Array<number>(CONTEXT + 1).fill(0))).toThrow(`has ${CONTEXT + 1}`);
  expect(() => plan.run([VOCABULARY])).toThrow(`from 0 to ${VOCABULARY - 1}`);
  expect(() => plan.run([0.5])).toThrow("no token");
});

test("the golden model is one with layers", () => {
  expect(valuesOf(FILES["gpt2"]!).model).toBeInstanceOf(LoadedModel);
  expect(valuesOf(FILES["gpt2"]!).model.names.some((name) => /\.1\./.test(name))).toBe(true);
});
