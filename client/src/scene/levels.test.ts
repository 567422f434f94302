import { describe, expect, it } from "vitest";
import { blocksOf } from "./blocks";
import { cellsBetween, lengthAt, levelCount, shelve } from "./levels";
import { HEADS } from "./testing";

const blocks = blocksOf(HEADS);
const sizes = blocks.map(({ columns, rows, depth }) => ({
  columns: columns.length,
  rows: rows.length,
  slabs: depth.length,
}));

describe("levels", () => {
  it("halve each side, rounding up, down to a single cell", () => {
    expect([0, 1, 2, 3, 4].map((level) => lengthAt(11, level))).toEqual([11, 6, 3, 2, 1]);
    expect([levelCount(1, 1), levelCount(2, 1), levelCount(11, 48), levelCount(64, 64)]).toEqual([
      1, 2, 7, 7,
    ]);
    expect(cellsBetween(4, 2, 0, levelCount(4, 2))).toBe(8 + 2 + 1);
  });
});

describe("shelve", () => {
  it("gives every slab its own cells, with no gap and no overlap", () => {
    const { shelves, cells } = shelve(sizes, 1e6);
    let next = 0;
    blocks.forEach((block, i) => {
      expect(shelves[i]!.base).toBe(next);
      next += shelves[i]!.stride * block.depth.length;
    });
    expect(cells).toBe(next);
    expect(shelves.every(({ finest }) => finest === 0)).toBe(true);
  });

  it("gives up the finest level of the largest when room is short", () => {
    const all = shelve(sizes, 1e6);
    const { shelves, cells } = shelve(sizes, all.cells - 1);
    expect(cells).toBeLessThan(all.cells);
    const coarse = shelves.flatMap(({ finest }, i) => (finest > 0 ? [blocks[i]!.tensor] : []));
    expect(coarse).toEqual(["blocks.0.q"]);
    // Never more than all but the last level.
    for (const { finest, levels, stride } of shelve(sizes, 0).shelves) {
      expect(finest).toBeLessThan(levels);
      expect(stride).toBeGreaterThan(0);
    }
  });
});
