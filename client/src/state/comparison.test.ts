import { describe, expect, it } from "vitest";
import type { Model } from "../bundle/wire";
import { compared, comparisonCsv, ratio, type Row, type Section } from "./comparison";
import { memory, workPerToken } from "./figures";
import { sampleSpec } from "./sample";

const small: Model = {
  ...sampleSpec,
  title: "Small",
  cost: { ...sampleSpec.cost, parameters: 10, active_parameters: 10, cache_bytes_per_token: 8 },
  sizes: { layers: 2, width: 4 },
  traits: { Norm: "layer norm", Gate: "none" },
  parts: [
    part("one", "One", 4, [0, 4, 1]),
    part("two", "Two", 6, [0, 6, 0]),
    part("none", "None", 0, [0, 0, 0]),
  ],
};
const large: Model = {
  ...small,
  title: "Large, with a comma",
  cost: { ...small.cost, parameters: 30 },
  sizes: { layers: 2, width: 12, experts: 3 },
  traits: { Norm: "another", Gate: "none" },
  parts: [part("one", "One", 4, [0, 4, 1]), part("three", "Three", 26, [0, 26, 0])],
};

function part(kind: string, label: string, parameters: number, multiply_adds: number[]) {
  return {
    kind,
    label,
    parameters,
    active_parameters: parameters,
    multiply_adds,
    bytes: [0, 0, 0],
  };
}

const sections = compared(small, large, 10);
const section = (title: string): Section => sections.find((each) => each.title === title)!;
const find = (title: string, label: string): Row | undefined =>
  section(title).rows.find((row) => row.label === label);

describe("what a token takes", () => {
  it("is a pass divided by its tokens, all parts together", () => {
    expect(workPerToken(small.parts, 1)).toBe(4 + 1 + 6);
    expect(workPerToken(small.parts, 10)).toBe(4 + 10 + 6);
  });

  it("is rounded up to whole bytes", () => {
    expect(memory({ ...small, cost: { ...small.cost, parameters: 3 } }, 0.5)).toBe(2);
  });
});

describe("comparing two models", () => {
  it("matches sizes and kinds by name, also those that one of them lacks", () => {
    expect(find("Size", "layers")).toMatchObject({ values: [2, 2], differs: false });
    expect(find("Size", "experts")).toMatchObject({ values: [null, 3], differs: true });
    expect(find("Kinds", "Norm")).toMatchObject({
      values: ["layer norm", "another"],
      differs: true,
    });
  });

  it("goes part by part, and leaves out what neither has", () => {
    const rows = section("Parameters by part").rows;
    expect(rows.map(({ label, values }) => [label, ...values])).toEqual([
      ["One", 4, 4],
      ["Two", 6, null],
      ["Three", null, 26],
    ]);
    expect(find("Multiply-adds per token, by part", "One")!.values).toEqual([14, 14]);
  });

  it("says how many times as much, where there is something to divide", () => {
    expect(ratio(find("Size", "parameters")!)).toBe(3);
    expect(ratio(find("Size", "experts")!)).toBeNull();
    expect(ratio(find("Kinds", "Norm")!)).toBeNull();
  });

  it("is taken along as a table with every digit", () => {
    const lines = comparisonCsv([small.title, large.title], sections).split("\r\n");
    expect(lines[0]).toBe('section,,Small,"Large, with a comma",second / first,differs');
    expect(lines).toContain("Size,parameters,10,30,3,yes");
    expect(lines).toContain("Size,cache per token (bytes),8,8,1,no");
    expect(lines).toContain("Size,experts,,3,,yes");
  });
});
