import { describe, expect, it } from "vitest";
import { type Tile, TILE_SIDE, type TileRequest, type TileSource } from "../bundle/tiles";
import type * as wire from "../bundle/wire";
import { type Block, blocksOf } from "./blocks";
import { Heap, MARK } from "./heap";
import { blockNamed, HEADS } from "./testing";

/** Tiles whose pairs say where they come from; `value` overrides the mean. */
function source(
  extents: Record<string, [columns: number, rows: number, slabs: number]>,
  value: (request: TileRequest, row: number, column: number) => number,
): TileSource {
  return {
    extent(tensor) {
      const [columns, rows, slabs] = extents[tensor] ?? [0, 0, 0];
      return { columns, rows, slabs };
    },
    tile(request): Tile {
      const { columns, rows } = this.extent(request.tensor);
      const side = (length: number, tile: number): number =>
        Math.min(Math.ceil(length / 2 ** request.level) - tile * TILE_SIDE, TILE_SIDE);
      const [width, height] = [side(columns, request.column), side(rows, request.row)];
      const data = new Float32Array(width * height * 2);
      for (let i = 0; i < width * height; i++) {
        const mean = value(request, Math.floor(i / width), i % width);
        data[2 * i] = mean;
        data[2 * i + 1] = Math.abs(mean) + request.level;
      }
      return { columns: width, rows: height, data };
    },
  };
}

describe("Heap", () => {
  const blocks = blocksOf(HEADS);
  const q = blockNamed("blocks.0.q");

  it("holds every cell of every level of every slab", () => {
    const heap = new Heap(blocks);
    const value = ({ slab, level }: TileRequest, row: number, column: number): number =>
      1000 * slab + 100 * level + 10 * row + column;
    heap.fill(source({ "blocks.0.q": [6, 4, 3] }, value), () => {});
    for (const [slab, level, row, column] of [
      [0, 0, 0, 0],
      [2, 0, 3, 5],
      [1, 1, 1, 2],
      [2, 3, 0, 0],
    ] as const) {
      const mean = value({ tensor: "", slab, level, row: 0, column: 0 }, row, column);
      expect(heap.at(q, slab, level, row, column)).toEqual([mean, mean + level]);
    }
    expect(heap.scales[q.id]).toBe(2035);
  });

  it("leaves cells past the run, and tensors without values, empty", () => {
    const heap = new Heap(blocks);
    heap.fill(
      source({ "blocks.0.q": [2, 4, 3] }, () => 7),
      () => {},
    );
    expect(heap.at(q, 0, 0, 3, 1)).toEqual([7, 7]);
    expect(heap.at(q, 0, 0, 3, 2)).toEqual([0, MARK.empty]);
    expect(heap.at(blockNamed("logits"), 0, 0, 0, 0)).toEqual([0, MARK.empty]);
    expect(heap.scales[blockNamed("logits").id]).toBe(0);
    heap.fill(
      source({}, () => 7),
      () => {},
    );
    expect(heap.at(q, 0, 0, 3, 1)).toEqual([0, MARK.empty]);
  });

  it("marks what is not a finite number, and leaves it out of the scale", () => {
    const heap = new Heap(blocks);
    const odd = [NaN, Infinity, -Infinity, -3];
    heap.fill(
      source({ "blocks.0.q": [4, 1, 1] }, (_, __, column) => odd[column]!),
      () => {},
    );
    expect([0, 1, 2, 3].map((column) => heap.at(q, 0, 0, 0, column))).toEqual([
      [0, MARK.nan],
      [0, MARK.plusInfinity],
      [0, MARK.minusInfinity],
      [-3, 3],
    ]);
    expect(heap.scales[q.id]).toBe(3);
  });

  it("puts tiles of a large tensor side by side", () => {
    const wide: wire.Model = {
      ...HEADS,
      axes: HEADS.axes.map((axis) => (axis.name === "c" ? { ...axis, size: 600 } : axis)),
    };
    const logits = blockNamed("logits", wide);
    const heap = new Heap(blocksOf(wide));
    heap.fill(
      source(
        { logits: [6, 600, 1] },
        ({ row, level }, y, x) => level + (row * TILE_SIDE + y) * 10 + x,
      ),
      () => {},
    );
    expect(heap.at(logits, 0, 0, 599, 5)[0]).toBe(5995);
    expect(heap.at(logits, 0, 1, 299, 2)[0]).toBe(2993);
  });

  it("takes tiles that come later, but not those of an earlier run", async () => {
    const heap = new Heap(blocks);
    const late = (mean: number): TileSource => {
      const now = source({ "blocks.0.q": [6, 4, 3] }, () => mean);
      return { extent: (name) => now.extent(name), tile: async (request) => now.tile(request) };
    };
    let arrivals = 0;
    heap.fill(late(1), () => (arrivals += 1));
    expect(heap.at(q, 0, 0, 0, 0)).toEqual([0, MARK.empty]);
    heap.fill(late(2), () => (arrivals += 1));
    await new Promise((resolve) => setTimeout(resolve));
    expect(heap.at(q, 0, 0, 0, 0)).toEqual([2, 2]);
    expect(arrivals).toBe(3 * 4);
  });
});

describe("A heap with less room than cells", () => {
  const SIDE = 1000;
  const large = blocksOf(HEADS)
    .slice(0, 3)
    .map((block, id) => ({
      ...block,
      id,
      tensor: `large ${id}`,
      columns: { ...block.columns, length: SIDE },
      rows: { ...block.rows, length: SIDE },
      depth: { ...block.depth, length: 1 },
    }));
  const [first, second, third] = large as [Block, Block, Block];
  const values = source(
    Object.fromEntries(large.map(({ tensor }) => [tensor, [SIDE, SIDE, 1]])),
    ({ tensor, level, row, column }, y, x) =>
      Number(tensor.at(-1)) +
      1000 * level +
      (row * TILE_SIDE + y) +
      (column * TILE_SIDE + x) / 1000,
  );
  const exact = (block: Block, row: number, column: number): number =>
    Math.fround(block.id + row + column / 1000);

  it("shows averages from afar, and single cells of what is near", () => {
    const heap = new Heap(large, 1800);
    heap.fill(values, () => {});
    for (const block of large) {
      expect(heap.isCoarse(block)).toBe(true);
      expect(heap.shelves[block.id]!.finest).toBeGreaterThan(0);
    }
    const far = heap.shelves[first.id];
    for (const _ of heap.nearing([second], values, () => {}));
    expect(heap.shelves[second.id]!.finest).toBe(0);
    expect(heap.at(second, 0, 0, 7, 998)[0]).toBe(exact(second, 7, 998));
    expect(heap.shelves[first.id]).toBe(far);
    // Another one comes near: it takes the place of the first.
    for (const _ of heap.nearing([third, second], values, () => {}));
    expect(heap.shelves[third.id]!.finest).toBe(0);
    expect(heap.at(third, 0, 0, 999, 3)[0]).toBe(exact(third, 999, 3));
    expect(heap.shelves[second.id]!.finest).toBeGreaterThan(0);
    expect([...heap.nearing([third, second], values, () => {})]).toEqual([]);
  });
});
