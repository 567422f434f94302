/**
 * All values of a scene in one array, as one texture of the GPU: the heaps of its models one after the
 * other, and before them a place for numbers that belong to no tensor, such as products in flight.
 */
import { type Heap, HEAP_WIDTH } from "./heap";
import { empty, markOf } from "./pairs";

const SCRATCH_ROWS = 8;

export class Store {
  readonly width = HEAP_WIDTH;
  height = SCRATCH_ROWS;
  pairs = new Float32Array(HEAP_WIDTH * SCRATCH_ROWS * 2);
  readonly scratchCells = SCRATCH_ROWS * HEAP_WIDTH;
  private heaps: readonly Heap[] = [];
  private isScratchNew = true;

  /** `mostRows`: what the GPU can hold. */
  constructor(readonly mostRows = 2048) {
    empty(this.pairs);
  }

  /** Rows that another heap may take. */
  get freeRows(): number {
    return this.mostRows - this.height;
  }

  /** Hold these heaps and no others. True: they lie elsewhere now, in another array. */
  hold(heaps: readonly Heap[]): boolean {
    const { heaps: held } = this;
    if (heaps.length === held.length && heaps.every((heap, i) => heap === held[i])) return false;
    this.heaps = heaps;
    this.height = heaps.reduce((sum, { rows }) => sum + rows, SCRATCH_ROWS);
    const pairs = new Float32Array(HEAP_WIDTH * this.height * 2);
    pairs.set(this.pairs.subarray(0, this.scratchCells * 2));
    let first = this.scratchCells;
    for (const heap of heaps) {
      const cells = heap.rows * HEAP_WIDTH;
      heap.moveTo(pairs.subarray(first * 2, (first + cells) * 2), first);
      first += cells;
    }
    this.pairs = pairs;
    this.isScratchNew = true;
    return true;
  }

  /**
   * Rows that have been written since this was last asked, from each first one to before the last. What a
   * heap is being filled with is not among them before that is done.
   */
  takeRows(): [from: number, to: number][] {
    const rows: [number, number][] = [];
    const add = (from: number, to: number): void => {
      const first = Math.floor(from / HEAP_WIDTH);
      const end = Math.ceil(to / HEAP_WIDTH);
      const last = rows.at(-1);
      if (last !== undefined && first <= last[1]) last[1] = Math.max(last[1], end);
      else rows.push([first, end]);
    };
    if (this.isScratchNew) add(0, this.scratchCells);
    this.isScratchNew = false;
    for (const heap of this.heaps) {
      if (heap.isFilling) continue;
      for (const [from, to] of heap.takeChanges()) add(heap.first + from, heap.first + to);
    }
    return rows;
  }

  /** Numbers that belong to no tensor, from the `at`th place of those on; returns where they lie. */
  putScratch(at: number, numbers: ArrayLike<number>): number {
    this.isScratchNew = true;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!;
      const isNumber = Number.isFinite(number);
      this.pairs[2 * (at + i)] = isNumber ? number : 0;
      this.pairs[2 * (at + i) + 1] = isNumber ? Math.abs(number) : markOf(number);
    }
    return at;
  }
}
