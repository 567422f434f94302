/** Copies of cells in flight, and products of cells: further instances of the mesh of all cells. */
import type { InstancedBufferAttribute } from "three";
import type { Block } from "../scene/blocks";
import type { Heap } from "../scene/heap";
import { type CellMesh, MOST_COPIES } from "./cellMesh";

/** One copy, for one run. */
export interface CopyPlan {
  /** Whose cells they are; of products, whose colours they have. */
  readonly tensor: string;
  /** Which of them: a piece of one slab. */
  readonly slab: number;
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  /** The numbers, when they are not those of the tensor: one column of cells. */
  readonly numbers: Float32Array | null;
  /** How many of these are seen at once; 0: all. */
  readonly shown: number;
}

interface Attributes {
  readonly staged: InstancedBufferAttribute;
  readonly order: InstancedBufferAttribute;
  readonly part: InstancedBufferAttribute;
  readonly bend: InstancedBufferAttribute;
}

/** The role that products are drawn in: as what is computed. */
const COMPUTED = 2;

export class Copies {
  private readonly dirty = new Set<InstancedBufferAttribute>();

  constructor(
    private readonly plans: readonly CopyPlan[],
    blocks: readonly Block[],
    heap: Heap,
    private readonly cells: CellMesh,
    private readonly attributes: Attributes,
  ) {
    const { corner, size, look, base } = cells.placing;
    const { staged, order, part, bend } = attributes;
    const byTensor = new Map(blocks.map((block) => [block.tensor, block]));
    let scratch = 0;
    for (let k = 0; k < MOST_COPIES; k++) {
      const i = cells.slabs + k;
      const plan = plans[k];
      const block = plan && byTensor.get(plan.tensor);
      staged.setXYZW(i, 0, 0, 0, 0);
      order.setXYZW(i, -1, 0, 0, 0);
      part.setXYZW(i, 0, 0, 1, 1);
      bend.setXY(i, 0, 0);
      if (plan === undefined || block === undefined) continue;
      const shelf = heap.shelves[block.id]!;
      if (plan.numbers === null) {
        const source = block.firstSlab + plan.slab;
        base.setX(i, shelf.base + plan.slab * shelf.stride);
        look.setXYZW(i, look.getX(source), look.getY(source), shelf.finest, shelf.levels - 1);
        part.setXYZW(i, plan.column, plan.row, block.columns.length, block.rows.length);
        size.setXY(i, plan.columns, plan.rows);
      } else if (scratch + plan.numbers.length <= heap.scratchCells) {
        const count = plan.numbers.length;
        base.setX(i, heap.putScratch(scratch, plan.numbers));
        scratch += count;
        look.setXYZW(i, COMPUTED, 1 / largest(plan.numbers), 0, 0);
        part.setXYZW(i, 0, 0, 1, count);
        size.setXY(i, 1, plan.shown || count);
      }
    }
    if (scratch > 0) cells.updateHeap();
    for (const attribute of [corner, size, look, base]) attribute.needsUpdate = true;
  }

  /** What puts the value of a channel of copy `number`. */
  writer(number: number, channel: string): (value: number) => void {
    const { corner } = this.cells.placing;
    const { staged, part, bend } = this.attributes;
    const i = this.cells.slabs + number;
    if (number >= MOST_COPIES) return () => undefined;
    const put = (attribute: InstancedBufferAttribute, item: number) => (value: number) => {
      (attribute.array as Float32Array)[i * attribute.itemSize + item] = value;
      this.dirty.add(attribute);
    };
    switch (channel) {
      case "x":
        return put(corner, 0);
      case "y":
        return put(corner, 1);
      case "z":
        return put(corner, 2);
      case "turn":
        return put(bend, 1);
      // It is there or not: what lies behind it is to be seen until it leaves.
      case "opacity":
        return (value) => put(staged, 0)(value > 0.02 ? 1 : 0);
      case "highlight":
        return put(staged, 1);
      case "fill":
        return put(staged, 3);
      case "slide": {
        const { columns, rows } = this.plans[number]!;
        const item = columns > rows ? 0 : 1;
        return (value) => put(part, item)(Math.floor(value + 1e-3));
      }
    }
    return () => undefined;
  }

  /** Send what was put. */
  commit(): void {
    for (const attribute of this.dirty) attribute.needsUpdate = true;
    this.dirty.clear();
  }
}

function largest(numbers: Float32Array): number {
  let most = 0;
  for (const number of numbers) {
    if (Number.isFinite(number)) most = Math.max(most, Math.abs(number));
  }
  return most || 1;
}
