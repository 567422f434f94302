import { expect, it } from "vitest";
import type { Values } from "../bundle/values";
import { meaningOf, tokenOf } from "./meaning";
import { LoadedModel } from "../bundle/model";
import { sample, sampleSpec } from "./sample";

const values = { textsOf: { tokens: ["C", " a"] } } as unknown as Values;

it("says which token stands at a position, with spaces made visible", () => {
  expect(meaningOf(sample, values, sample.axis("t"), 0)).toBe("C");
  expect(meaningOf(sample, values, sample.axis("t"), 1)).toBe("·a");
  expect(meaningOf(sample, values, sample.axis("t"), 2)).toBeNull();
});

it("says which entry of the vocabulary it is, and nothing of other axes", () => {
  expect(meaningOf(sample, undefined, sample.axis("v"), 1)).toBe("B");
  expect(meaningOf(sample, values, sample.axis("c"), 0)).toBeNull();
});

it("reads token ids, and only those", () => {
  expect(tokenOf(sample, "tokens", 2)).toBe("C");
  expect(tokenOf(sample, "embed", 2)).toBeNull();
  expect(tokenOf(sample, "tokens", null)).toBeNull();
});

it("knows the vocabulary of a model that predicts nothing by the table its tokens are looked up in", () => {
  const bare = new LoadedModel({ ...sampleSpec, logits: null, probabilities: null });
  expect(meaningOf(bare, values, bare.axis("v"), 1)).toBe("B");
  expect(meaningOf(bare, values, bare.axis("c"), 1)).toBeNull();
});
