import { describe, expect, it } from "vitest";
import { cellLike, clamped, neighbour, orientationOf, stepOfKey } from "./move";
import { sample } from "./sample";

describe("moving the selection", () => {
  const cell = { tensor: "embed", index: [1, 1] };

  it("goes the way the scene shows the tensor", () => {
    expect(neighbour(sample, cell, "right", { tokens: 4 }).index).toEqual([2, 1]);
    expect(neighbour(sample, cell, "up", { tokens: 4 }).index).toEqual([1, 0]);
    const deep = { tensor: "blocks.0.x", index: [0, 0] };
    expect(neighbour(sample, deep, "farther", { tokens: 4 }).index).toEqual([0, 1]);
    expect(neighbour(sample, deep, "down", { tokens: 4 })).toBe(deep);
  });

  it("stops at the edges, which for tokens is the end of the prompt", () => {
    expect(neighbour(sample, cell, "right", { tokens: 2 })).toBe(cell);
    expect(
      neighbour(sample, { tensor: "embed", index: [0, 0] }, "left", { tokens: 4 }).index,
    ).toEqual([0, 0]);
  });

  it("lays out a tensor without a box by its last axes", () => {
    const { columns, rows, depth } = orientationOf(sample, sample.tensor("W_E"));
    expect([columns, rows, depth]).toEqual([1, 0, null]);
  });

  it("has a key for every direction", () => {
    expect(stepOfKey("ArrowLeft")).toBe("left");
    expect(stepOfKey("PageDown")).toBe("farther");
    expect(stepOfKey("a")).toBeNull();
  });
});

describe("the same positions elsewhere", () => {
  it("keeps the axes that both tensors have", () => {
    const like = { tensor: "embed", index: [1, 2] };
    expect(cellLike(sample, "blocks.0.x", like, { tokens: 2 })).toEqual({
      tensor: "blocks.0.x",
      index: [1, 0],
    });
    expect(cellLike(sample, "W_E", like, { tokens: 2 }).index).toEqual([0, 2]);
    expect(cellLike(sample, "tokens", null, { tokens: 2 }).index).toEqual([0]);
  });

  it("stays within a shorter run", () => {
    expect(clamped(sample, { tensor: "embed", index: [3, 2] }, { tokens: 2 }).index).toEqual([
      1, 2,
    ]);
    const inside = { tensor: "embed", index: [1, 2] };
    expect(clamped(sample, inside, { tokens: 2 })).toBe(inside);
  });
});
