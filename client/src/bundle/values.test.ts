import { expect, test } from "vitest";
import { LoadedModel } from "./model";
import { TINY, tiny, tinyInfo, tinyRun, tinyValues, tinyWeights } from "./testing";
import { rowMajor, stridesOf, Values } from "./values";

test("cells are read by name and index", () => {
  expect(tinyValues.at({ tensor: "blocks.1.y", index: [1, 1] })).toBe(4);
  expect(tinyValues.at({ tensor: "W_E", index: [2, 0] })).toBe(5);
  expect(tinyValues.at({ tensor: "W_E", index: [3, 0] })).toBeUndefined();
  expect(tinyValues.at({ tensor: "W_E", index: [0, -1] })).toBeUndefined();
  expect(tinyValues.at({ tensor: "W_E", index: [0] })).toBeUndefined();
  expect(tinyValues.tokens).toEqual([2, 0]);
  expect(tinyValues.texts).toEqual(["C", "A"]);
  expect([0, 1, 2].map((token) => tinyValues.textOf(token))).toEqual(["A", undefined, "C"]);
});

test("what is predicted matters at the last place, or at the first that is hidden", () => {
  expect(tinyValues.place).toBe(1);
  const filling = (mask: number) =>
    new LoadedModel({ ...TINY, predicts: "masked", vocabulary: { ...TINY.vocabulary, mask } });
  const placeOf = (mask: number) =>
    Values.empty(filling(mask)).withRun(tinyRun, tinyInfo, "run").place;
  expect([placeOf(2), placeOf(0), placeOf(1)]).toEqual([0, 1, 1]);
  expect(Values.empty(tiny).place).toBeNull();
});

test("a structure without numbers has no values", () => {
  const values = Values.empty(tiny);
  expect(values.get("W_E")).toBeUndefined();
  expect(values.summary("W_E")).toBeUndefined();
  expect(values.tokens).toEqual([]);
});

test("another run shares the weights and leaves the first one as it was", () => {
  const run = new Map(
    [...tinyRun].map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
  );
  run.get("logits")!.data[0] = 99;
  const other = tinyValues.withRun(run, tinyInfo, "run");
  expect(other.get("W_E")).toBe(tinyValues.get("W_E"));
  expect(other.at({ tensor: "logits", index: [0, 0] })).toBe(99);
  expect(tinyValues.at({ tensor: "logits", index: [0, 0] })).toBe(10);
});

test("all misfits of a file are listed at once", () => {
  const weights = new Map(tinyWeights);
  weights.delete("blocks.1.W");
  weights.set("W_E", { data: new Float32Array(4), shape: [2, 2] });
  expect(() => Values.empty(tiny).withWeights(weights, "w.safetensors")).toThrow(
    "w.safetensors does not fit the model: W_E has shape 2 x 2 instead of 3 x 2; blocks.1.W is missing.",
  );
  const info = { ...tinyInfo, tokens: [0, 1, 2], lengths: { tokens: 3 } };
  expect(() => tinyValues.withRun(tinyRun, info, "r")).toThrow("tokens has shape 2 instead of 3");
});

test("a summary leaves out what is not finite", () => {
  const weights = new Map(tinyWeights);
  weights.set("W_E", {
    data: new Float32Array([3, -4, NaN, Infinity, -Infinity, 0]),
    shape: [3, 2],
  });
  const values = Values.empty(tiny).withWeights(weights, "w");
  expect(values.summary("W_E")).toEqual({ min: -4, max: 3, rms: Math.sqrt(25 / 3), infinite: 3 });
  weights.set("W_E", { data: new Float32Array(6).fill(NaN), shape: [3, 2] });
  expect(Values.empty(tiny).withWeights(weights, "w").summary("W_E")).toEqual({
    min: 0,
    max: 0,
    rms: 0,
    infinite: 6,
  });
});

test("strides of a row-major array", () => {
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
});

test("a tied weight is the other one with its axes exchanged, and stored once", () => {
  const [w, u] = ["W_E", "W_U"];
  const embedding = tinyValues.model.spec.tensors.find(({ name }) => name === w)!;
  const tied = { ...embedding, name: u!, axes: [...embedding.axes].reverse(), tied_to: w! };
  const tensors = [...TINY.tensors.filter(({ role }) => role !== "weight"), embedding, tied];
  const model = new LoadedModel({ ...TINY, tensors });
  const data = new Float32Array([1, 2, 3, 4, 5, 6]);
  const values = Values.empty(model).withWeights(new Map([[w!, { data, shape: [3, 2] }]]), "w");
  expect(values.get(u!)!.data).toBe(data);
  expect(values.get(u!)!.shape).toEqual([2, 3]);
  expect(values.at({ tensor: u!, index: [1, 2] })).toBe(6);
  expect(values.at({ tensor: u!, index: [0, 1] })).toBe(3);
  expect([...rowMajor(values.get(u!)!).data]).toEqual([1, 3, 5, 2, 4, 6]);
});
