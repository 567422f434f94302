import { describe, expect, it } from "vitest";
import { moved, standing } from "./parting";

const gap = { from: 4, to: 6, gap: 3 };

describe("moved", () => {
  it("parts what comes before and after from what stays", () => {
    expect([3.5, 4.5, 5.5, 6.5].map((at) => moved(at, gap))).toEqual([0.5, 4.5, 5.5, 9.5]);
    expect(moved(3.5, null)).toBe(3.5);
  });

  it("is undone by `standing`, which knows the gaps", () => {
    for (const at of [0, 3.5, 4.5, 5.9, 6.1, 9]) expect(standing(moved(at, gap), gap)).toBe(at);
    expect([1.5, 3.9, 6.5, 8.9].map((at) => standing(at, gap))).toEqual([null, null, null, null]);
  });
});
