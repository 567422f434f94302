/** What a choice of the largest gives where several are, as in NumPy. */
import { expect, test } from "vitest";
import { reduce } from "./reduce";
import type { ArrayView, Variable } from "./view";

const row: Variable = { axis: { name: "t", kind: "token", size: 3, length_of: null }, length: 3 };
const column: Variable = {
  axis: { name: "e", kind: "expert", size: 3, length_of: null },
  length: 3,
};
const chances = Float64Array.of(2, 5, 5, -Infinity, -Infinity, -Infinity, 1, NaN, NaN);
const body: ArrayView = {
  scalar: false,
  axes: [row, column],
  strides: [3, 1],
  run: () => chances,
  fixed: false,
};

test("of equally large numbers the first is chosen, and NaN wins", () => {
  expect(Array.from(reduce("argmax", body, [column], [row]).run())).toEqual([1, 0, 1]);
  expect(Array.from(reduce("max", body, [column], [row]).run())).toEqual([5, -Infinity, NaN]);
});
