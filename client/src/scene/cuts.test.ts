import { describe, expect, it } from "vitest";
import { cutFor, isCovered, NO_CUTS } from "./cuts";
import { positionOf } from "./cells";
import { blockNamed } from "./testing";

const block = blockNamed("blocks.0.q");
const place = { slab: 2, row: 1, column: 3 };
const [x, y, z] = positionOf(block, place);

describe("isCovered", () => {
  it("sees a cell of the first slab, and none straight behind it", () => {
    expect(isCovered({ block, place: { ...place, slab: 0 } }, [x, y, -50])).toBe(false);
    expect(isCovered({ block, place: { ...place, slab: 1 } }, [x, y, -50])).toBe(true);
    expect(isCovered({ block, place }, [x, y, -50])).toBe(true);
  });

  it("sees a cell past the edge of the slabs before it, from between them and from behind", () => {
    expect(isCovered({ block, place }, [x - 60, y, -10])).toBe(false);
    expect(isCovered({ block, place }, [x, y - 60, -10])).toBe(false);
    expect(isCovered({ block, place }, [x, y, z - block.pitch / 2])).toBe(false);
    expect(isCovered({ block, place }, [x, y, z + 50])).toBe(false);
  });
});

describe("cutFor", () => {
  const eye = [x, y, -50] as const;

  it("opens each block down to the slab that is wanted", () => {
    const weights = blockNamed("blocks.0.W");
    const cell = { slab: 1, row: 0, column: 0 };
    const seen = positionOf(weights, cell);
    const cuts = cutFor([{ block, place }], eye, NO_CUTS);
    expect([...cuts]).toEqual([[block, 2]]);
    const both = cutFor([{ block: weights, place: cell }], [seen[0], seen[1], -50], cuts);
    expect([...both]).toEqual([
      [block, 2],
      [weights, 1],
    ]);
  });

  it("keeps what is open, also when the eye has moved on", () => {
    const cuts = cutFor([{ block, place }], eye, NO_CUTS);
    expect(cutFor([{ block, place }], [x - 60, y, -10], cuts)).toBe(cuts);
    expect(cutFor([{ block, place }], [x - 60, y, -10], NO_CUTS)).toBe(NO_CUTS);
  });
});
