import { describe, expect, it } from "vitest";
import { type Tile, TILE_SIDE, type TileRequest, type TileSource } from "../bundle/tiles";
import type * as wire from "../bundle/wire";
import { type Block, blocksOf } from "./blocks";
import { Heap } from "./heap";
import { MARK } from "./pairs";
import type { PagePlace } from "./pages";
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
    expect(heap.at(logits, 0, 0, 599, 5)![0]).toBe(5995);
    expect(heap.at(logits, 0, 1, 299, 2)![0]).toBe(2993);
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
      columns: { axis: null, at: -1, length: SIDE },
      rows: { axis: null, at: -1, length: SIDE },
      depth: { axis: null, at: -1, length: 1 },
    }));
  const [first, second] = large as [Block, Block, Block];
  const exact = (block: Block, row: number, column: number): number =>
    Math.fround(block.id + row + column / 1000);
  /** Single cells are as `exact` says; averages are of a thousand and more. */
  const valuesOf = (extent: [number, number, number], plus = 0): TileSource =>
    source(
      Object.fromEntries(large.map(({ tensor }) => [tensor, extent])),
      ({ tensor, level, row, column }, y, x) =>
        Number(tensor.at(-1)) +
        2000 * level +
        plus +
        (row * TILE_SIDE + y) +
        (column * TILE_SIDE + x) / 1000,
    );
  const values = valuesOf([SIDE, SIDE, 1]);
  const page = (block: Block, level: number, row: number, column: number): PagePlace => ({
    block: block.id,
    slab: 0,
    level,
    row,
    column,
  });
  /** What the shader finds for a cell: the level and the mean. */
  const seen = (heap: Heap, block: Block, wanted: number, row: number, column: number) => {
    for (let level = wanted; ; level++) {
      const pair = heap.at(block, 0, level, row >> level, column >> level);
      if (pair !== null) return [level, pair[0]];
    }
  };

  it("shows averages from afar, and single cells of what is near", () => {
    const heap = new Heap(large, 1000);
    heap.fill(values, () => {});
    for (const block of large) expect(heap.isCoarse(block)).toBe(true);
    const { finest } = heap.shelves[second.id]!;
    expect(heap.at(second, 0, 0, 7, 998)).toBeNull();
    expect(seen(heap, second, 0, 7, 998)[0]).toBe(finest);
    heap.load(page(second, 0, 0, 15), values, () => {});
    expect(seen(heap, second, 0, 7, 998)).toEqual([0, exact(second, 7, 998)]);
    expect(seen(heap, second, 0, 7, 600)[0]).toBe(finest);
    expect(seen(heap, first, 0, 7, 998)[0]).toBe(finest);
  });

  it("shows the finest page that is here and no finer than asked for", () => {
    const heap = new Heap(large, 300);
    heap.fill(values, () => {});
    expect(heap.shelves[first.id]!.finest).toBeGreaterThan(1);
    heap.load(page(first, 1, 0, 0), values, () => {});
    heap.load(page(first, 0, 1, 1), values, () => {});
    expect(seen(heap, first, 0, 70, 70)).toEqual([0, exact(first, 70, 70)]);
    expect(seen(heap, first, 0, 3, 70)).toEqual([1, Math.fround(2000 + 1 + 0.035)]);
    expect(seen(heap, first, 1, 70, 70)[0]).toBe(1);
  });

  it("makes room by what was wanted longest ago, and never shows another's cells", () => {
    const heap = new Heap(large, 300);
    heap.fill(values, () => {});
    const pages = heap.pages!;
    const places = Array.from({ length: 3 * pages.slots }, (_, i) =>
      page(large[i % 3]!, Math.floor(i / 3) % 2, Math.floor(i / 6) % 8, i % 7),
    );
    const kept = places[0]!;
    for (const place of places) {
      pages.keep([kept]);
      if (!pages.has(place)) heap.load(place, values, () => {});
      expect(pages.has(kept)).toBe(true);
    }
    let shown = 0;
    for (const block of large) {
      for (let row = 0; row < SIDE; row += 61) {
        for (let column = 0; column < SIDE; column += 61) {
          const single = heap.at(block, 0, 0, row, column);
          if (single === null) continue;
          shown += 1;
          expect(single[0]).toBe(exact(block, row, column));
        }
      }
    }
    expect(shown).toBeGreaterThan(0);
    expect(places.filter((place) => pages.has(place)).length).toBeLessThanOrEqual(3 * pages.slots);
  });

  it("forgets pages when other values come, and cells past the end of a tensor are empty", () => {
    const heap = new Heap(large, 1000);
    heap.fill(values, () => {});
    heap.load(page(first, 0, 15, 15), values, () => {});
    expect(heap.at(first, 0, 0, 999, 999)![0]).toBe(exact(first, 999, 999));
    const others = valuesOf([SIDE, SIDE, 1], 5);
    heap.fill(others, () => {});
    expect(heap.at(first, 0, 0, 999, 999)).toBeNull();
    heap.load(page(first, 0, 15, 15), others, () => {});
    expect(heap.at(first, 0, 0, 999, 999)![0]).toBe(Math.fround(999 + 0.999 + 5));
    expect(heap.at(first, 0, 0, 1000, 0)).toEqual([0, MARK.empty]);
  });

  it("has room for the run at hand where the longest one would not fit", () => {
    const long: wire.Model = {
      ...HEADS,
      axes: HEADS.axes.map((axis) => (axis.name === "t" ? { ...axis, size: 1_000_000 } : axis)),
    };
    const heap = new Heap(blocksOf(long), 100);
    const q = blockNamed("blocks.0.q", long);
    const cell = ({ column, slab }: TileRequest, row: number, x: number): number =>
      100 * (column * TILE_SIDE + x) + 10 * slab + row;
    heap.fill(source({ "blocks.0.q": [5, 4, 3] }, cell), () => {});
    const { moves } = heap;
    expect(heap.isCoarse(q)).toBe(false);
    expect(heap.at(q, 2, 0, 3, 4)![0]).toBe(423);
    expect(heap.at(q, 2, 0, 3, 5)).toEqual([0, MARK.empty]);
    expect(heap.at(q, 2, 0, 3, 5_000)).toEqual([0, MARK.empty]);
    // A little longer: everything stays where it is. Much longer: it moves.
    heap.fill(source({ "blocks.0.q": [16, 4, 3] }, cell), () => {});
    expect(heap.moves).toBe(moves);
    heap.fill(source({ "blocks.0.q": [70, 4, 3] }, cell), () => {});
    expect(heap.moves).toBe(moves + 1);
    expect(heap.at(q, 1, 0, 2, 69)![0]).toBe(6912);
  });
});
