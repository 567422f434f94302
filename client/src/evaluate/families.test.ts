/** A forward pass of one very small model of every family, computed here, against what Python computed. */
import { expect, test } from "vitest";
import type { ValueArray } from "../bundle";
import { families } from "../golden/families";
import { Plan } from "./plan";

const WITHIN = 1e-5;

/** The largest difference, as part of the tensor's largest number; infinities must stand where they do. */
function farthest(actual: ValueArray["data"], expected: ValueArray["data"]): number {
  const finite = Array.from(expected).filter(Number.isFinite).map(Math.abs);
  const scale = Math.max(0, ...finite) || 1;
  const far = Array.from(expected, (wanted, i) => {
    const got = actual[i]!;
    if (got === wanted) return 0;
    const distance = Math.abs(got - wanted) / scale;
    return Number.isFinite(distance) ? distance : Infinity;
  });
  return Math.max(0, ...far);
}

test.each([...families])("every tensor of %s is within 1e-5 of Python's", (_, { values }) => {
  const { model } = values;
  const given = model.names.filter((name) => model.tensor(name).spec.role === "weight");
  const plan = new Plan(model, new Map(given.map((name) => [name, values.get(name)!])));
  const computed = plan.run(values.tokens, values.decoder);
  expect([...computed.keys(), ...given].sort()).toEqual([...model.names].sort());
  for (const [name, { shape, data }] of computed) {
    const expected = values.get(name)!;
    expect(shape, name).toEqual(expected.shape);
    expect(farthest(data, expected.data), name).toBeLessThan(WITHIN);
  }
});
