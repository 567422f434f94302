import { expect, test } from "vitest";
import { LoadedModel } from "../bundle/model";
import type { LoadedBundle } from "../bundle";
import type { CatalogueEntry } from "../bundle/wire";
import { choicesOf, lengthsOf, unknownModel } from "./choices";
import { sampleSpec } from "./sample";

const entry = (name: string, context: number, whole: string | null = null): CatalogueEntry => ({
  name,
  title: name.toUpperCase(),
  parameters: whole === "sample" ? sampleSpec.cost.parameters : 7,
  path: `${name}.json`,
  context,
  whole,
});

const loaded: LoadedBundle = {
  base: new URL("http://page/"),
  models: [new LoadedModel(sampleSpec)],
  bundle: {
    version: 1,
    kinds: [],
    models: [sampleSpec],
    capabilities: {},
    catalogue: [
      entry("sample@2", 2, "sample"),
      entry("other", 9),
      entry("other@2", 2, "other"),
      entry("other@4", 4, "other"),
    ],
    phrases: {},
  },
};

test("lengths of a model are a matter of its card, unless one stands in the scene", () => {
  const names = (open: string[]) =>
    choicesOf(loaded, (name) => open.includes(name)).map(({ name }) => name);
  expect(names(["sample"])).toEqual(["sample", "other"]);
  expect(names(["sample@2"])).toEqual(["sample", "sample@2", "other"]);
});

test("what is of the page comes before what is fetched", () => {
  expect(choicesOf(loaded, () => true).map((each) => [each.name, each.isCatalogued])).toEqual([
    ["sample", false],
    ["sample@2", false],
    ["other", true],
    ["other@2", true],
    ["other@4", true],
  ]);
});

test("a model is drawn for its context and for fewer tokens", () => {
  expect(lengthsOf(loaded, sampleSpec)).toEqual([
    { name: "sample@2", tokens: 2, isWhole: false },
    { name: "sample", tokens: 4, isWhole: true },
  ]);
});

test("an unknown name comes back with what is there", () => {
  expect(unknownModel(loaded, "othre")).toContain("other");
  expect(unknownModel(loaded, "other@3")).toContain("other, other@2, other@4");
  expect(unknownModel(loaded, "none", "shown instead")).toContain("shown instead");
});
