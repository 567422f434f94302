import { describe, expect, it } from "vitest";
import { blocksOf } from "../scene/blocks";
import { HEADS } from "../scene/testing";
import { light } from "../theme/palette";
import { lit, outlinesOf, wantedBy } from "./highlight";

const blocks = new Map(blocksOf(HEADS).map((block) => [block.tensor, block]));
const cell = { tensor: "blocks.0.q", index: [1, 2, 3] };

describe("lit", () => {
  it("marks the cell last, after its row and its column", () => {
    const { panels, curves } = lit(
      { cell, sources: [], pinned: false },
      blocks,
      { tokens: 6 },
      light,
    );
    expect(panels.map(({ at, size }) => [...at, ...size])).toEqual([
      [0, 3, 20, 6, 1],
      [1, 0, 20, 1, 4],
      [1, 3, 20, 1, 1],
    ]);
    expect(curves).toEqual([]);
  });

  it("lights each range of sources and joins its middle to the cell", () => {
    const sources = [
      { tensor: "blocks.0.W", index: [2, [0, 5, 1], 3] as const },
      { tensor: "tokens", index: [1] },
    ];
    const {
      panels,
      curves,
      blocks: involved,
    } = lit({ cell, sources, pinned: true }, blocks, { tokens: 6 }, light);
    const ranges = panels.slice(2, -1).map(({ at, size }) => [...at, ...size]);
    expect(ranges).toEqual([
      [-20, 3, 20, 5, 1],
      [1, -20, 0, 1, 1],
    ]);
    // Below each curve there is a light one, to set it off.
    const main = curves.slice(curves.length / 2);
    expect(main.map(({ from }) => from)).toEqual([
      [-17.5, 3.5, 20],
      [1.5, -19.5, 0],
    ]);
    expect(main.every(({ to }) => to.join() === "1.5,3.5,20")).toBe(true);
    expect(involved.size).toBe(3);
  });

  it("leaves out what has no place in the scene", () => {
    const nowhere = { tensor: "nowhere", index: [0] };
    expect(
      lit({ cell: nowhere, sources: [], pinned: false }, blocks, { tokens: 6 }, light).panels,
    ).toEqual([]);
    const { curves } = lit(
      { cell, sources: [nowhere], pinned: false },
      blocks,
      { tokens: 6 },
      light,
    );
    expect(curves).toEqual([]);
  });
});

describe("wantedBy", () => {
  it("wants the cell, and of each source the middle of what is foremost", () => {
    const sources = [
      { tensor: "blocks.0.W", index: [[1, 3, 1], [0, 5, 1], 3] as const },
      { tensor: "tokens", index: [1] },
      { tensor: "nowhere", index: [1] },
    ];
    const found = wantedBy({ cell, sources, pinned: true }, blocks);
    expect(found.map(({ block, place }) => [block.tensor, place])).toEqual([
      ["blocks.0.q", { slab: 2, row: 3, column: 1 }],
      ["blocks.0.W", { slab: 1, row: 3, column: 2 }],
      ["tokens", { slab: 0, row: 0, column: 1 }],
    ]);
  });

  it("leaves the outline of the first slab where a block is cut open", () => {
    const block = blocks.get("blocks.0.q")!;
    const [outline] = outlinesOf(new Map([[block, 2]]), light);
    expect(outline).toMatchObject({ at: [0, 0, 0], size: [6, 4], fillAlpha: 0 });
  });
});
