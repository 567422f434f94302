import { expect, test } from "vitest";
import { LoadedModel } from "../bundle/model";
import { TINY, tinyInfo, tinyRun, tinyWeights } from "../bundle/testing";
import { Values } from "../bundle/values";
import { fallenBack } from "./inputs";

const segments = {
  ...TINY.tensors.find(({ name }) => name === TINY.tokens)!,
  name: "segments",
  label: "segments",
};
const model = new LoadedModel({ ...TINY, tensors: [segments, ...TINY.tensors] });

/** A run with these segments. */
function withSegments(...given: number[]): Values {
  const run = new Map(tinyRun).set("segments", {
    data: Int32Array.from(given),
    shape: [given.length],
  });
  return Values.empty(model).withWeights(tinyWeights, "weights").withRun(run, tinyInfo, "run");
}

test("an input that was given, and is 0 in the next run, is named; the prompt is none", () => {
  const [none, first, second] = [withSegments(0, 0), withSegments(0, 1), withSegments(1, 1)];
  expect(fallenBack(first, none)).toEqual(["segments"]);
  expect(fallenBack(first, second)).toEqual([]);
  expect(fallenBack(none, none)).toEqual([]);
});
