import { expect, test } from "vitest";
import type { Values } from "../bundle/values";
import { csvOf } from "./csv";
import { sample } from "./sample";
import { sliceOf } from "./table";

test("a slice as CSV: positions, numbers as programs read them", () => {
  const numbers = [Math.fround(0.1), -Infinity, 2, NaN, Math.fround(1e-7), undefined];
  let next = 0;
  const values = { at: () => numbers[next++] } as unknown as Values;
  const slice = sliceOf(sample, sample.tensor("embed"), null, { tokens: 2 });
  expect(csvOf("embed", slice, values)).toBe(
    ["embed: c \\ t,0,1", "0,0.1,-inf", "1,2,nan", "2,1e-7,", ""].join("\r\n"),
  );
});

test("a part of a slice, with its own positions", () => {
  const slice = sliceOf(sample, sample.tensor("embed"), null, { tokens: 2 });
  const values = {
    at: ({ index }: { index: number[] }) => Number(index.join("")),
  } as unknown as Values;
  const part = { rows: { from: 1, to: 3 }, columns: { from: 1, to: 2 } };
  expect(csvOf("embed", slice, values, part)).toBe(
    ["embed: c \\ t,1", "1,11", "2,12", ""].join("\r\n"),
  );
});

test("where the slice is taken stands in the corner", () => {
  const slice = sliceOf(sample, sample.tensor("blocks.0.x"), null, { tokens: 2 });
  const csv = csvOf("blocks.0.x", slice, { at: () => 1 } as unknown as Values);
  expect(csv).toMatch(/^"blocks\.0\.x, \w+ = 0: t",0,1\r\n0,1,1\r\n$/);
});
