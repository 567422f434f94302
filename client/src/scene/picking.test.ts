import { describe, expect, it } from "vitest";
import { blocksOf } from "./blocks";
import { indexAt, positionOf } from "./cells";
import { groupsOf } from "./groups";
import { isHidden, pick } from "./picking";
import { blockNamed, HEADS } from "./testing";

const groups = groupsOf(blocksOf(HEADS));
const towards = (
  origin: readonly [number, number, number],
  point: readonly [number, number, number],
) => ({
  origin,
  direction: [point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]] as const,
});

describe("pick", () => {
  it("finds every cell of a front slab from straight ahead", () => {
    const block = blockNamed("blocks.0.q");
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 6; column++) {
        const [x, y] = positionOf(block, { slab: 0, row, column });
        const hit = pick(groups, { origin: [x, y, -50], direction: [0, 0, 1] })!;
        expect(hit.block.tensor).toBe("blocks.0.q");
        expect([hit.slab, hit.row, hit.column]).toEqual([0, row, column]);
        expect(hit.distance).toBeCloseTo(50);
      }
    }
  });

  it("reaches a slab behind another where it can be seen", () => {
    const block = blockNamed("blocks.0.q");
    // From the left, over the edge of the slabs before it.
    const place = { slab: 2, row: 1, column: 0 };
    const hit = pick(groups, towards([-60, 1, -10], positionOf(block, place)))!;
    expect(hit.block.tensor).not.toBe("blocks.1.q");
    const seen = pick(groupsOf([block]), towards([-60, 1, -10], positionOf(block, place)))!;
    expect(indexAt(block, seen)).toEqual([0, 2, 1]);
  });

  it("gives the cell at the border when a side is hit", () => {
    const block = blockNamed("blocks.0.q");
    const hit = pick(groupsOf([block]), { origin: [-10, 2.5, 0.5], direction: [1, 0, 0] })!;
    expect([hit.slab, hit.row, hit.column]).toEqual([0, 2, 0]);
    const above = pick(groupsOf([block]), { origin: [3.5, -10, 10.5], direction: [0, 1, 0] })!;
    expect([above.slab, above.row, above.column]).toEqual([1, 0, 3]);
  });

  it("takes the nearest of two blocks, and nothing between slabs or behind the eye", () => {
    const near = { ...blockNamed("logits"), z: -5, id: 99 };
    const hit = pick(groupsOf([blockNamed("logits"), near]), {
      origin: [1, 201, -50],
      direction: [0, 0, 1],
    })!;
    expect(hit.block.id).toBe(99);
    expect(pick(groups, { origin: [3, 2, 5], direction: [1, 0, 0] })).toBeNull();
    expect(pick(groups, { origin: [1, 201, 50], direction: [0, 0, 1] })).toBeNull();
  });
});

describe("pick where cells have moved apart", () => {
  const block = blockNamed("blocks.0.q");
  const gap = { from: 2, to: 3, gap: 1.5 };
  const drawn = {
    isThere: ({ tensor }: { tensor: string }) => tensor !== "logits",
    parting: (each: { tensor: string }) =>
      each.tensor === block.tensor ? { columns: gap, rows: null } : null,
  };
  const at = (x: number, y: number) =>
    pick(groups, { origin: [x, y, -50], direction: [0, 0, 1] }, drawn);

  it("finds cells where they are drawn, and nothing in the gap", () => {
    for (const [x, column] of [
      [-1, 0],
      [0.4, 1],
      [2.5, 2],
      [4.6, 3],
      [7.4, 5],
    ] as const) {
      expect(at(x, 1.5)?.column, String(x)).toBe(column);
    }
    expect(at(1.2, 1.5)).toBeNull();
    expect(at(3.9, 1.5)).toBeNull();
  });

  it("leaves out what is not there", () => {
    expect(at(1, 201)).toBeNull();
    expect(at(1, 221)?.block.tensor).toBe("probs");
  });
});

describe("isHidden", () => {
  it("counts only what stands before the distance", () => {
    const ray = { origin: [3, 2, -50] as const, direction: [0, 0, 1] as const };
    expect(isHidden(groups, ray, 49)).toBe(false);
    expect(isHidden(groups, ray, 51)).toBe(true);
    expect(isHidden(groups, { origin: [500, 2, -50], direction: [0, 0, 1] }, Infinity)).toBe(false);
  });
});
