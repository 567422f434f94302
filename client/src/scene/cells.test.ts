import { describe, expect, it } from "vitest";
import { blocksOf } from "./blocks";
import { indexAt, isInRun, patchesOf, placeOf, positionOf } from "./cells";
import { blockNamed, HEADS } from "./testing";

describe("indexAt and placeOf", () => {
  it("are each other's inverse for every cell", () => {
    for (const block of blocksOf(HEADS)) {
      for (let slab = 0; slab < block.depth.length; slab++) {
        for (let row = 0; row < block.rows.length; row++) {
          for (let column = 0; column < block.columns.length; column++) {
            const place = { slab, row, column };
            expect(placeOf(block, indexAt(block, place))).toEqual(place);
          }
        }
      }
    }
  });

  it("keep to the order of the tensor's axes", () => {
    expect(indexAt(blockNamed("blocks.0.q"), { slab: 2, row: 3, column: 1 })).toEqual([1, 2, 3]);
    expect(indexAt(blockNamed("blocks.0.W"), { slab: 2, row: 3, column: 1 })).toEqual([2, 1, 3]);
    expect(indexAt(blockNamed("tokens"), { slab: 0, row: 0, column: 4 })).toEqual([4]);
  });
});

describe("positionOf", () => {
  it("is the middle of the cell's front", () => {
    const position = positionOf(blockNamed("blocks.1.q"), { slab: 2, row: 3, column: 1 });
    expect(position).toEqual([1.5, 103.5, 20]);
  });
});

describe("isInRun", () => {
  it("leaves out positions after the last token only", () => {
    const block = blockNamed("blocks.0.q");
    expect(isInRun(block, { slab: 2, row: 3, column: 1 }, { tokens: 2 })).toBe(true);
    expect(isInRun(block, { slab: 0, row: 0, column: 2 }, { tokens: 2 })).toBe(false);
  });
});

describe("patchesOf", () => {
  const q = blockNamed("blocks.0.q");

  it("gives one patch for each slab of a range of heads", () => {
    const patches = patchesOf(q, [1, [0, 3, 1], [0, 4, 1]]);
    expect(patches.map(({ slab }) => slab)).toEqual([0, 1, 2]);
    expect(patches[0]!.columns).toEqual({ from: 1, to: 2, step: 1 });
    expect(patches[0]!.rows).toEqual({ from: 0, to: 4, step: 1 });
  });

  it("keeps steps, turns backward ranges round and drops empty ones", () => {
    expect(patchesOf(q, [[0, 6, 2], 0, 0])[0]!.columns).toEqual({ from: 0, to: 6, step: 2 });
    expect(patchesOf(q, [[5, -1, -2], 0, 0])[0]!.columns).toEqual({ from: 1, to: 6, step: 2 });
    expect(patchesOf(q, [[3, 3, 1], 0, 0])).toEqual([]);
    expect(patchesOf(q, [0, [2, 2, 1], 0])).toEqual([]);
  });
});
