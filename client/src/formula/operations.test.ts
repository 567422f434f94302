import { expect, test } from "vitest";
import { BINARY, erf, UNARY } from "./operations";

test.each([
  [7, 3, 2, 1],
  [-7, 3, -3, 2],
  [7, -3, -3, -2],
  [-7, -3, 2, -1],
  [6, 3, 2, 0],
  [1, 0.1, 9, 0.09999999999999995],
])("%d by %d: quotient and remainder round towards minus infinity", (a, b, quotient, remainder) => {
  expect(BINARY["//"]!(a, b)).toBe(quotient);
  expect(BINARY["%"]!(a, b)).toBe(remainder);
});

test("conditions are 1 and 0", () => {
  expect(BINARY["<="]!(2, 2)).toBe(1);
  expect(BINARY["<"]!(2, 2)).toBe(0);
  expect(BINARY["!="]!(1, 2)).toBe(1);
  expect(BINARY["and"]!(1, 0)).toBe(0);
  expect(BINARY["or"]!(1, 0)).toBe(1);
  expect(UNARY["not"]!(0)).toBe(1);
});

test("powers of one and of infinities follow IEEE 754", () => {
  const power = BINARY["**"]!;
  expect([power(1, NaN), power(1, Infinity), power(-1, -Infinity)]).toEqual([1, 1, 1]);
  expect([power(-8, 1 / 3), power(2, 0.5), power(-2, 3)]).toEqual([NaN, Math.SQRT2, -8]);
});

test("NaN spreads through minimum and maximum, and equals nothing", () => {
  expect(BINARY["max"]!(NaN, 1)).toBeNaN();
  expect(BINARY["min"]!(1, NaN)).toBeNaN();
  expect(BINARY["=="]!(NaN, NaN)).toBe(0);
  expect(BINARY["!="]!(NaN, NaN)).toBe(1);
});

// Values of Python's math.erf.
test.each([
  [0, 0],
  [1e-10, 1.1283791670955126e-10],
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2, 0.9953222650189527],
  [2.999, 0.9999777698314002],
  [3, 0.9999779095030014],
  [3.5, 0.9999992569016276],
  [5, 0.9999999999984626],
  [7, 1],
  [Infinity, 1],
])("erf(%d)", (x, expected) => {
  expect(Math.abs(erf(x) - expected)).toBeLessThanOrEqual(2e-15 * Math.max(expected, 1e-3));
  expect(erf(-x)).toBe(-erf(x));
});

test("erf of NaN is NaN", () => {
  expect(erf(NaN)).toBeNaN();
});
