import { describe, expect, it } from "vitest";
import type { Explanation } from "../formula";
import { sample } from "./sample";
import { cellOfSource, isWithin, largestSource, rangeText } from "./sources";

/** What `explain` says of blocks.0.x[1, 0], cut down to what is read here. */
const explanation = {
  tensor: "blocks.0.x",
  index: [1, 0],
  sources: [
    { tensor: "embed", index: [1, [0, 3, 1]] },
    { tensor: "blocks.0.W", index: [0, [0, 3, 1]] },
  ],
  sums: [
    {
      largest: () => [
        {
          at: [2],
          value: -4,
          factors: [
            { cell: { tensor: "blocks.0.W", index: [0, 2] }, value: 2 },
            { cell: { tensor: "embed", index: [1, 2] }, value: -2 },
          ],
        },
      ],
    },
  ],
} as unknown as Pick<Explanation, "sums" | "sources">;

describe("ranges", () => {
  it("are written with their last position", () => {
    expect(rangeText(5)).toBe("5");
    expect(rangeText([0, 48, 1])).toBe("0…47");
    expect(rangeText([0, 9, 4])).toBe("0…8 by 4");
    expect(rangeText([3, 4, 1])).toBe("3");
    expect(rangeText([0, 0, 1])).toBe("none");
  });

  it("hold their cells and no others", () => {
    const source = { tensor: "embed", index: [1, [0, 9, 4]] } as const;
    const holds = (...index: number[]) => isWithin(source as never, { tensor: "embed", index });
    expect([holds(1, 0), holds(1, 8)]).toEqual([true, true]);
    expect([holds(1, 2), holds(1, 12), holds(0, 4)]).toEqual([false, false, false]);
    expect(isWithin(source as never, { tensor: "W_E", index: [1, 4] })).toBe(false);
  });
});

describe("going to a source", () => {
  it("of a range goes to the cell in the largest term", () => {
    expect(cellOfSource(explanation.sources[0]!, explanation).index).toEqual([1, 2]);
  });

  it("without a sum goes to the first cell", () => {
    expect(cellOfSource(explanation.sources[0]!, { ...explanation, sums: [] }).index).toEqual([
      1, 0,
    ]);
  });

  it("prefers what was computed to what was learned", () => {
    expect(largestSource(sample, explanation)).toEqual({ tensor: "embed", index: [1, 2] });
    expect(largestSource(sample, { ...explanation, sums: [], sources: [] })).toBeNull();
    const learned = { ...explanation, sums: [], sources: [explanation.sources[1]!] };
    expect(largestSource(sample, learned)?.tensor).toBe("blocks.0.W");
  });
});
