import { expect, test } from "vitest";
import {
  near,
  numberOf,
  valuesOf,
  type GoldenExplanation,
  type GoldenFile,
} from "../golden/golden";
import decoder from "../golden/decoder.json";
import experts from "../golden/experts.json";
import gpt2 from "../golden/gpt2.json";
import operations from "../golden/operations.json";
import windows from "../golden/windows.json";
import { Values } from "../bundle";
import { explain, type Explanation } from "./explain";

const FILES = Object.entries({ gpt2, operations, experts, windows, decoder }) as unknown as [
  string,
  GoldenFile,
][];

/** As in `tests/golden/make.py`. */
const TERMS_KEPT = 4;

function expected(golden: GoldenExplanation) {
  return {
    ...golden,
    value: numberOf(golden.value),
    evaluated: near(golden.evaluated),
    sums: golden.sums.map((sum) => ({
      ...sum,
      value: near(sum.value),
      terms: sum.terms.map((term) => ({
        at: term.at,
        value: near(term.value),
        factors: term.factors.map(({ value, ...cell }) => ({ ...cell, value: near(value) })),
      })),
    })),
  };
}

function plain(explanation: Explanation, termsKept: number) {
  const {
    tensor,
    index,
    axes,
    value,
    role,
    latex,
    text,
    numbersLatex,
    numbersText,
    sources,
    origin,
  } = explanation;
  const sums = explanation.sums.map((sum) => ({
    op: sum.op,
    axes: sum.axes,
    product: sum.product,
    value: sum.value,
    count: sum.count,
    terms: sum.largest(termsKept).map(({ at, value, factors }) => ({
      at,
      value,
      factors: factors.map(({ cell, value }) => ({
        tensor: cell?.tensor ?? null,
        index: cell?.index ?? [],
        value,
      })),
    })),
  }));
  // For what is given, Python's evaluation is the value itself.
  const evaluated = explanation.evaluate() ?? value;
  return {
    ...{ tensor, index, axes, value, evaluated, role, latex, text, numbersLatex, numbersText },
    ...{ sums, sources, origin },
  };
}

for (const [name, file] of FILES) {
  const values = valuesOf(file);
  test.each(
    file.explanations.map((golden) => [`${golden.tensor}[${golden.index}]`, golden] as const),
  )(`${name}: %s is explained as Python explains it`, (_, golden) => {
    expect(plain(explain(values.model, values, golden), TERMS_KEPT)).toEqual(expected(golden));
  });
}

test("without values it says what is read all the same", () => {
  const { model } = valuesOf(FILES[0]![1]);
  const structure = Values.empty(model);
  const computed = FILES[0]![1].explanations.find(({ tensor }) => tensor.endsWith(".attn.q"))!;
  const there = explain(model, structure, computed);
  expect(there.value).toBeNull();
  expect(there.sums).toEqual([]);
  expect(there.sources).toEqual(computed.sources);
  // Which row is looked up depends on the tokens: it may be any.
  const [tokens, table] = explain(model, structure, { tensor: "embed", index: [1, 2] }).sources;
  const rows = model.tensor("W_E").spec.axes[0]!;
  expect([tokens, table].toSorted((a, b) => a!.tensor.localeCompare(b!.tensor))).toEqual([
    { tensor: "tokens", index: [1] },
    { tensor: "W_E", index: [[0, model.axis(rows).size, 1], 2] },
  ]);
});
