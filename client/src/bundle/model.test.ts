import { expect, test } from "vitest";
import { equalCells, formatCell, parseCell } from "./cell";
import { nearMatches } from "./errors";
import { fullName, LoadedModel, stackOf } from "./model";
import { TINY, tiny } from "./testing";

test("layers are written out in the order of computation", () => {
  expect(tiny.names).toEqual([
    "tokens",
    "W_E",
    "embed",
    ...["blocks.0.x", "blocks.0.W", "blocks.0.y", "blocks.0.out"],
    ...["blocks.1.x", "blocks.1.W", "blocks.1.y", "blocks.1.out"],
    "logits",
  ]);
});

test("two declarations of one name hold in their own layers", () => {
  expect(tiny.reads("blocks.0.x")).toEqual(["embed"]);
  expect(tiny.reads("blocks.1.x")).toEqual(["blocks.0.out"]);
});

test("references resolve to the same, the previous and a given layer", () => {
  expect(tiny.resolve("blocks.*.x", 1)).toBe("blocks.1.x");
  expect(tiny.resolve("blocks.<.x", 1)).toBe("blocks.0.x");
  expect(tiny.resolve("blocks.0.x", 1)).toBe("blocks.0.x");
  expect(tiny.resolve("embed", null)).toBe("embed");
});

test("readers are found across layers, and through an index", () => {
  expect(tiny.readers("blocks.0.x")).toEqual(["blocks.0.y", "blocks.0.out"]);
  expect(tiny.readers("blocks.0.out")).toEqual(["blocks.1.x"]);
  expect(tiny.readers("tokens")).toEqual(["embed"]);
  expect(tiny.readers("logits")).toEqual([]);
});

test("an axis has the length of its input in the run, else its own", () => {
  expect(tiny.tensor("blocks.1.y").shape({ tokens: 3 })).toEqual([3, 2]);
  expect(tiny.tensor("W_E").shape({ tokens: 3 })).toEqual([3, 2]);
  expect(tiny.tensor("blocks.1.y").layer).toBe(1);
});

test("an unknown tensor is answered with near matches", () => {
  expect(() => tiny.tensor("blocks.0.ou")).toThrow(
    'There is no tensor "blocks.0.ou". Near matches: blocks.0.out,',
  );
  expect(() => tiny.tensor("zzz")).toThrow(/^There is no tensor "zzz"\.$/);
  expect(() => tiny.readers("blocks.7.x")).toThrow("blocks.0.x");
  expect(nearMatches("attn.blocks.0.q", ["blocks.0.attn.q", "W_E"])).toEqual(["blocks.0.attn.q"]);
});

test("weights of one array of a checkpoint know of each other, in their layer; a tied one is the same", () => {
  const origin = (text: string) => ({ origin: { text, indices: [] } });
  const weight = { label: "", axes: ["c", "d"], role: "weight", layers: [0, 1] };
  const qkv = origin("a checkpoint: layers.*.qkv_proj.weight");
  const table = { ...origin("a checkpoint: table"), label: "", axes: ["v", "c"], role: "weight" };
  const model = new LoadedModel({
    ...TINY,
    tensors: [
      { ...weight, ...qkv, name: "blocks.*.W_Q" },
      { ...weight, ...qkv, name: "blocks.*.W_K" },
      { ...weight, ...origin("a checkpoint: layers.*.o_proj.weight"), name: "blocks.*.W_O" },
      { ...table, name: "W_E" },
      { ...table, name: "W_U", tied_to: "W_E" },
      { ...weight, name: "blocks.*.made" },
      { ...weight, name: "blocks.*.too" },
    ],
  });
  const beside = (name: string): string[] => model.storedWith(name).map((each) => each.name);
  expect(beside("blocks.1.W_Q")).toEqual(["blocks.1.W_K"]);
  expect(beside("blocks.0.W_K")).toEqual(["blocks.0.W_Q"]);
  for (const alone of ["blocks.0.W_O", "W_E", "W_U", "blocks.0.made"])
    expect(beside(alone)).toEqual([]);
});

test("names of stacks", () => {
  expect(stackOf("blocks.*.attn.q")).toBe("blocks");
  expect(stackOf("embed")).toBeNull();
  expect(fullName("blocks.*.attn.q", 12)).toBe("blocks.12.attn.q");
});

test("a cell is written and read back", () => {
  const cell = { tensor: "blocks.0.y", index: [1, 0] };
  expect(parseCell(tiny, formatCell(cell), { tokens: 2 })).toEqual(cell);
  expect(parseCell(tiny, " blocks.0.y[1,0] ", { tokens: 2 })).toEqual(cell);
  expect(parseCell(tiny, "blocks.0.y[-1, -2]", { tokens: 2 })).toEqual(cell);
  expect(equalCells(cell, { tensor: "blocks.0.y", index: [1, 1] })).toBe(false);
  expect(equalCells(cell, null)).toBe(false);
});

test.each([
  ["blocks.0.y[2, 0]", "t of blocks.0.y has the range 0 to 1, received 2."],
  ["blocks.0.y[0, -3]", "c of blocks.0.y has the range 0 to 1, received -3."],
  ["blocks.0.y[0]", "blocks.0.y has 2 axes [t, c]: expected as many whole numbers"],
  ["blocks.0.y[0, x]", "expected as many whole numbers"],
  ["blocks.0.y[0, 1.5]", "expected as many whole numbers"],
  ["blocks.0.y[0", "Expected a cell such as"],
  ["blocks.0.z[0, 0]", "There is no tensor"],
])("%s is refused", (text, message) => {
  expect(() => parseCell(tiny, text, { tokens: 2 })).toThrow(message);
});
