import { expect, test } from "vitest";
import { tiny, tinyValues } from "../bundle/testing";
import { explain } from "./explain";
import { cellsOf } from "./sources";
import { ranked } from "./terms";

const numbers = Float64Array.of(1, -3, NaN, 3, 0, -0.5, Infinity, 2);

test("terms of a sum are ranked by absolute value, of a maximum by value; NaN first", () => {
  expect(ranked(numbers, "sum")).toEqual([2, 6, 1, 3, 7, 0, 5, 4]);
  expect(ranked(numbers, "max")).toEqual([2, 6, 3, 7, 0, 4, 5, 1]);
});

test("the first few are the beginning of all", () => {
  for (const op of ["sum", "max"]) {
    const all = ranked(numbers, op);
    for (let count = 1; count <= numbers.length; count++) {
      expect(ranked(numbers, op, count)).toEqual(all.slice(0, count));
    }
  }
});

test("explanations of one tensor do not disturb each other", () => {
  const cells = [0, 1].map((t) =>
    explain(tiny, tinyValues, { tensor: "blocks.1.y", index: [t, 1] }),
  );
  const [first, second] = cells as [(typeof cells)[0], (typeof cells)[0]];
  expect(first.sums[0]!.value).toBe(20);
  expect(second.numbersText).toBe(
    "blocks.1.y[1, 1] = (2 * 2 + 0 * 0) = 4.000".replace(/2 \* 2/, "2.000 * 2.000"),
  );
  expect(first.sums[0]!.terms[0]!.factors.map(({ cell }) => cell)).toEqual([
    { tensor: "blocks.1.x", index: [0, 0] },
    { tensor: "blocks.1.W", index: [1, 0] },
  ]);
  expect(second.sources[0]).toEqual({ tensor: "blocks.1.x", index: [1, [0, 2, 1]] });
  expect(first.evaluate()).toBe(20);
});

test("the cells of a source", () => {
  expect(
    [...cellsOf({ tensor: "x", index: [[1, 6, 2], 7, [0, 2, 1]] })].map(({ index }) => index),
  ).toEqual([
    [1, 7, 0],
    [1, 7, 1],
    [3, 7, 0],
    [3, 7, 1],
    [5, 7, 0],
    [5, 7, 1],
  ]);
});
