import { describe, expect, it } from "vitest";
import type * as wire from "../bundle/wire";
import { blocksOf, boundsOf, breadthOf, lengthIn, thickness } from "./blocks";
import { blockNamed, HEADS } from "./testing";

const withScene = (boxes: wire.Box[]): wire.Model => ({
  ...HEADS,
  scene: { ...HEADS.scene, boxes },
});

describe("blocksOf", () => {
  it("writes out a tensor of every layer, moved by the offset of the layer", () => {
    const names = blocksOf(HEADS).map(({ tensor }) => tensor);
    expect(names).toEqual([
      "tokens",
      "blocks.0.q",
      "blocks.1.q",
      "blocks.0.W",
      "blocks.1.W",
      "blocks.1.b",
      "logits",
      "probs",
    ]);
    expect(blockNamed("blocks.0.q").y).toBe(0);
    expect(blockNamed("blocks.1.q").y).toBe(100);
  });

  it("counts slabs through all blocks", () => {
    const blocks = blocksOf(HEADS);
    expect(blocks.map(({ firstSlab }) => firstSlab)).toEqual([0, 1, 4, 7, 10, 13, 14, 15]);
    expect(thickness(blockNamed("blocks.0.q"))).toBe(21);
    expect(thickness(blockNamed("logits"))).toBe(1);
  });

  it("knows which axis runs along which side", () => {
    const { columns, rows, depth } = blockNamed("blocks.0.q");
    expect([columns.at, depth.at, rows.at]).toEqual([0, 1, 2]);
    expect([columns.length, depth.length, rows.length]).toEqual([6, 3, 4]);
    expect(blockNamed("blocks.1.b").columns).toEqual({ axis: null, at: -1, length: 1 });
  });

  it("places a tensor in some layers only, or elsewhere in one of them", () => {
    const q = HEADS.scene.boxes[1]!;
    const blocks = blocksOf(
      withScene([
        { ...q, layers: [0] },
        { ...q, x: 50, layers: [1] },
      ]),
    );
    expect(blocks.map(({ tensor, x }) => [tensor, x])).toEqual([
      ["blocks.0.q", 0],
      ["blocks.1.q", 50],
    ]);
    const own = blocksOf(
      withScene([q, { ...q, tensor: "logits", columns: "t", rows: "c", depth: null }]),
    );
    expect(own).toHaveLength(3);
  });

  it("takes the declaration of the layer when a name is declared for several", () => {
    const [q] = HEADS.tensors.filter(({ name }) => name === "blocks.*.q");
    const model = {
      ...HEADS,
      tensors: [
        { ...q!, layers: [0] },
        { ...q!, layers: [1], label: "other", role: "statistic" },
      ],
      scene: { ...HEADS.scene, boxes: [HEADS.scene.boxes[1]!] },
    };
    expect(blocksOf(model).map(({ label, role }) => [label, role])).toEqual([
      ["query", "activation"],
      ["other", "statistic"],
    ]);
  });

  it("refuses boxes that do not fit their tensor, and says why", () => {
    const box = { tensor: "logits", x: 0, y: 0, z: 0 };
    expect(() => blocksOf(withScene([{ ...box, columns: "h", rows: "c" }]))).toThrow(
      'laid out along "h"; its axes are [t, c]',
    );
    expect(() => blocksOf(withScene([{ ...box, columns: "t" }]))).toThrow(
      "no place for the axes [c]",
    );
    expect(() => blocksOf(withScene([{ ...box, tensor: "nothing" }]))).toThrow('"nothing"');
  });
});

describe("bounds and lengths", () => {
  it("holds every slab", () => {
    expect(boundsOf([blockNamed("blocks.1.q")])).toEqual({ min: [0, 100, 0], max: [6, 104, 21] });
    expect(boundsOf(blocksOf(HEADS))).toEqual({ min: [-30, -20, 0], max: [6, 225, 21] });
  });

  it("cuts axes to the lengths of the run", () => {
    const { columns, rows } = blockNamed("blocks.0.q");
    expect([
      lengthIn(columns, { tokens: 2 }),
      lengthIn(columns, { tokens: 99 }),
      lengthIn(rows, { tokens: 2 }),
    ]).toEqual([2, 6, 4]);
  });
});

describe("breadthOf", () => {
  it("is the second longest side, so that what has little of it is a line", () => {
    const block = blockNamed("blocks.0.q");
    const { columns, rows } = block;
    const sized = (across: number, down: number) => ({
      ...block,
      columns: { ...columns, length: across },
      rows: { ...rows, length: down },
    });
    const deep = thickness(block);
    expect(breadthOf(sized(1, 5 * deep))).toBe(deep);
    expect(breadthOf(sized(2 * deep, 5 * deep))).toBe(2 * deep);
    expect(breadthOf({ ...sized(300, 1), depth: { ...block.depth, length: 1 } })).toBe(1);
  });
});
