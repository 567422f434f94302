import { describe, expect, it } from "vitest";
import { MemoryTiles } from "../bundle/tiles";
import { blocksOf } from "./blocks";
import { Heap, HEAP_WIDTH } from "./heap";
import { MARK } from "./pairs";
import { Store } from "./store";
import { blockNamed, HEADS } from "./testing";

const blocks = blocksOf(HEADS);
const q = blockNamed("blocks.0.q");

function filled(mean: number): Heap {
  const heap = new Heap(blocks);
  const tile = { columns: 6, rows: 4, data: new Float32Array(48).fill(mean) };
  heap.fill(
    {
      extent: (tensor) =>
        tensor === q.tensor ? { columns: 6, rows: 4, slabs: 1 } : { columns: 0, rows: 0, slabs: 0 },
      tile: ({ level }) => (level === 0 ? tile : { columns: 0, rows: 0, data: new Float32Array() }),
    },
    () => {},
  );
  return heap;
}

describe("Store", () => {
  it("holds several heaps in one array, and their values stay what they were", () => {
    const store = new Store();
    const [a, b] = [filled(1), filled(2)];
    expect(store.hold([a])).toBe(true);
    expect(store.hold([a, b])).toBe(true);
    expect(store.hold([a, b])).toBe(false);
    expect([a.at(q, 0, 0, 1, 1), b.at(q, 0, 0, 1, 1)]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(b.first - a.first).toBe(a.rows * HEAP_WIDTH);
    store.hold([b]);
    expect(b.at(q, 0, 0, 3, 5)).toEqual([2, 2]);
    expect(b.pairs.buffer).toBe(store.pairs.buffer);
    expect(store.pairs[b.first * 2 + (b.pairs.indexOf(2) ?? 0)]).toBe(2);
  });

  it("says how much room there is for another", () => {
    const store = new Store(100);
    const before = store.freeRows;
    const heap = filled(1);
    store.hold([heap]);
    expect(store.freeRows).toBe(before - heap.rows);
  });

  it("keeps numbers that belong to no tensor", () => {
    const store = new Store();
    const at = store.putScratch(3, [0.5, -2, Infinity]);
    store.hold([filled(1)]);
    expect([...store.pairs.slice(at * 2, at * 2 + 6)]).toEqual([
      0.5,
      0.5,
      -2,
      2,
      0,
      MARK.plusInfinity,
    ]);
  });
});

describe("Heap.filling", () => {
  it("leaves alone what is the same as the last time", () => {
    const heap = new Heap(blocks);
    const identity = {};
    let asked = 0;
    const source = {
      extent: () => ({ columns: 1, rows: 1, slabs: 1 }),
      identity: () => identity,
      tile: () => {
        asked += 1;
        return { columns: 1, rows: 1, data: new Float32Array([3, 3]) };
      },
    };
    heap.fill(source, () => {});
    const first = asked;
    heap.fill(source, () => {});
    expect([first > 0, asked]).toEqual([true, first]);
    expect(MemoryTiles.prototype.identity).toBeDefined();
  });
});
