/** Cells of one very small model of every family, explained here as Python explains them. */
import { expect, test } from "vitest";
import { families } from "../golden/families";
import { near } from "../golden/golden";
import { explain } from "./explain";

test.each([...families])("%s: a cell of every formula is explained as in Python", (_, family) => {
  const { values, explanations } = family;
  const { model } = values;
  for (const golden of explanations) {
    const found = explain(model, values, golden);
    const { tensor, index, numbersText, sources } = found;
    const sums = found.sums.map(({ op, value, count }) => [op, value, count]);
    expect({ tensor, index, evaluated: found.evaluate(), numbersText, sources, sums }).toEqual({
      ...golden,
      evaluated: near(golden.evaluated),
      sums: golden.sums.map(([op, value, count]) => [op, near(value), count]),
    });
    for (const sum of found.sums) {
      const terms = sum.largest(sum.count).map(({ value }) => value);
      if (sum.op === "sum") {
        expect(terms.reduce((total, term) => total + term, 0)).toEqual(near(sum.value!));
      }
      if (sum.op === "max") expect(Math.max(...terms)).toBe(sum.value);
    }
  }
  const explained = new Set(explanations.map(({ tensor }) => model.tensor(tensor).spec));
  const computed = model.spec.tensors.filter(({ formula }) => formula != null);
  expect(computed.filter((spec) => !explained.has(spec))).toEqual([]);
});

test.each([...families])(
  "%s: every cell's formula gives the value that Python stored",
  (_, { values }) => {
    const { model } = values;
    for (const name of model.names) {
      const tensor = model.tensor(name);
      if (tensor.spec.formula == null) continue;
      const { data, shape } = values.get(name)!;
      const scale = Math.max(1, ...Array.from(data).filter(Number.isFinite).map(Math.abs));
      data.forEach((stored, flat) => {
        const index = placeOf(flat, shape);
        const found = explain(model, values, { tensor: name, index }).evaluate()!;
        const isNear = found === stored || Math.abs(found - stored) <= 1e-5 * scale;
        if (!isNear) expect(found, `${name}[${index}]`).toBe(stored);
      });
    }
  },
);

/** The indices of the cell that is number `flat` in order. */
function placeOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (const length of [...shape].reverse()) {
    index.unshift(flat % length);
    flat = Math.floor(flat / length);
  }
  return index;
}
