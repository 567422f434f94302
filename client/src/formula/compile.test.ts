import { expect, test } from "vitest";
import { LoadedModel, Values, type wire } from "../bundle";
import { TINY, tiny, tinyInfo, tinyRun, tinyValues, tinyWeights } from "../bundle/testing";
import { CompiledFormula } from "./compile";

const t: wire.Expr = ["index", "t"];
const c: wire.Expr = ["index", "c"];
const d: wire.Expr = ["index", "d"];

/** The formula as if it were that of `tensor`. */
function compiled(formula: wire.Expr, tensor = "blocks.1.y", values = tinyValues) {
  const bound = new CompiledFormula(values, tiny.tensor(tensor), formula);
  return { evaluate: (index: number[]) => evaluate(bound, index) };
}

function evaluate(formula: CompiledFormula, index: number[]): number {
  formula.moveTo(index);
  return formula.root!.value();
}

test("every derived cell of the tiny model is what its formula gives", () => {
  for (const name of tiny.names) {
    const tensor = tiny.tensor(name);
    if (!tensor.spec.formula) continue;
    const formula = compiled(tensor.spec.formula, name);
    for (const index of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      expect(formula.evaluate(index)).toBe(tinyValues.at({ tensor: name, index }));
    }
  }
});

test("references read the layer they stand for", () => {
  expect(compiled(["cell", "blocks.<.out", [t, c]]).evaluate([0, 0])).toBe(10);
  expect(compiled(["cell", "blocks.*.out", [t, c]]).evaluate([0, 1])).toBe(20);
  expect(compiled(["cell", "blocks.0.W", [c, d]], "blocks.1.W").evaluate([1, 1])).toBe(-1);
});

test("numbers, positions and lengths", () => {
  expect(compiled(["const", "-inf"]).evaluate([0, 0])).toBe(-Infinity);
  expect(compiled(["const", "nan"]).evaluate([0, 0])).toBeNaN();
  expect(compiled(c).evaluate([0, 1])).toBe(1);
  expect(compiled(["size", "t"]).evaluate([0, 0])).toBe(2); // the run, not the context of 4
  expect(compiled(["size", "v"]).evaluate([0, 0])).toBe(3);
});

test("a branch that is not taken is not read", () => {
  const outside: wire.Expr = ["cell", "W_E", [["const", 99], c]];
  const choose = (limit: number): wire.Expr => [
    "apply",
    "where",
    [["apply", "<", [t, ["const", limit]]], c, outside],
  ];
  expect(compiled(choose(1)).evaluate([0, 1])).toBe(1);
  expect(compiled(choose(0)).evaluate([0, 1])).toBe(6); // the last row stands for what is beyond it
});

test("maximum and its place: the first of equals, and NaN above all", () => {
  const body: wire.Expr = ["cell", "W_E", [["index", "v"], c]];
  const reduce = (op: string, values: number[]): number => {
    const data = new Float32Array(values.flatMap((value) => [value, 0]));
    const weights = new Map(tinyWeights).set("W_E", { data, shape: [3, 2] });
    const bound = Values.empty(tiny).withWeights(weights, "w");
    return compiled(["reduce", op, "v", body], "blocks.1.y", bound).evaluate([0, 0]);
  };
  expect([reduce("max", [1, 5, 5]), reduce("argmax", [1, 5, 5])]).toEqual([5, 1]);
  expect([reduce("max", [1, NaN, 5]), reduce("argmax", [1, NaN, 5])]).toEqual([NaN, 1]);
  expect(reduce("max", [-Infinity, -Infinity, -Infinity])).toBe(-Infinity);
});

test("a computed index into four axes", () => {
  const axes = ["t", "c", "d", "v"];
  const tensors: wire.Tensor[] = [
    ...TINY.tensors,
    { name: "wide", label: "", axes, role: "statistic", formula: ["index", "v"] },
  ];
  const model = new LoadedModel({ ...TINY, tensors });
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const run = new Map(tinyRun).set("wide", { data, shape: [2, 2, 2, 3] });
  const values = Values.empty(model).withRun(run, tinyInfo, "r");
  const next: wire.Expr = [
    "apply",
    "%",
    [
      ["apply", "+", [t, ["const", 1]]],
      ["size", "t"],
    ],
  ];
  const formula: wire.Expr = ["cell", "wide", [next, c, ["const", 1], ["const", 2]]];
  expect(evaluate(new CompiledFormula(values, model.tensor("embed"), formula), [1, 1])).toBe(11);
});

test("unknown operations are named", () => {
  expect(() => compiled(["apply", "sinh", [c]])).toThrow("unknown operation sinh");
  expect(() => compiled(["reduce", "product", "d", c])).toThrow("unknown reduction product");
});
