import { expect, test } from "vitest";
import { drawingToTell } from "./drawing";

const whole = { name: "large", context: 131072, whole: null };
const lengths = [
  { name: "large@1024", tokens: 1024, isWhole: false },
  { name: "large@8192", tokens: 8192, isWhole: false },
  { name: "large", tokens: 131072, isWhole: true },
];

test("a structure at a long context is told as drawn for the fewest tokens", () => {
  expect(drawingToTell(whole, lengths, false)).toBe("large@1024");
});

test("a run is drawn for its prompt, and a chosen number of tokens stays", () => {
  expect(drawingToTell(whole, lengths, true)).toBeNull();
  const chosen = { name: "large@8192", context: 8192, whole: "large" };
  expect(drawingToTell(chosen, lengths, false)).toBeNull();
});

test("a model that stands there in one length only is told as it is", () => {
  expect(drawingToTell(whole, lengths.slice(2), false)).toBeNull();
  expect(drawingToTell(whole, [], false)).toBeNull();
});
