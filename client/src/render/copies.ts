/** Copies of cells in flight, and products of cells: further instances of the mesh of all cells. */
import type { Block } from "../scene/blocks";
import type { Store } from "../scene/store";
import { type CellField, type CellMesh, MOST_COPIES } from "./cellMesh";
import type { Standing } from "./standing";

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

/** A copy as it is drawn now, in the coordinates of its model. */
export interface Flying {
  readonly plan: CopyPlan;
  readonly block: Block;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** How many of its cells are there, and which is the first that is shown. */
  readonly filled: number;
  readonly first: number;
}

export class Copies {
  private readonly dirty = new Set<CellField>();
  private readonly offset: readonly [number, number, number];

  constructor(
    private readonly plans: readonly CopyPlan[],
    private readonly of: Standing,
    store: Store,
    private readonly cells: CellMesh,
  ) {
    this.offset = [of.offset[0], of.offset[1], of.offset[2]];
    const copies = (field: CellField): Float32Array => cells.copies(field);
    const size = copies("size");
    const [staged, order, part, bend] = STATE.map(copies) as [
      Float32Array, Float32Array, Float32Array, Float32Array,
    ]; // prettier-ignore
    size.fill(0, 0, MOST_COPIES * 3);
    staged.fill(0, 0, MOST_COPIES * 4);
    bend.fill(0, 0, MOST_COPIES * 2);
    copies("involved").fill(1, 0, MOST_COPIES);
    let scratch = 0;
    for (let i = 0; i < MOST_COPIES; i++) {
      order.set([-1, 0, 0, 0], i * 4);
      part.set([0, 0, 1, 1], i * 4);
      const plan = plans[i];
      const block = plan && of.block(plan.tensor);
      if (plan === undefined || block === undefined) continue;
      if (plan.numbers === null) {
        cells.putValues(i, of, block, plan.slab);
        part.set([plan.column, plan.row, block.columns.length, block.rows.length], i * 4);
        size.set([plan.columns, plan.rows, 1], i * 3);
      } else if (scratch + plan.numbers.length <= store.scratchCells) {
        const count = plan.numbers.length;
        cells.putNumbers(i, store.putScratch(scratch, plan.numbers), plan.numbers);
        scratch += count;
        part.set([0, 0, 1, count], i * 4);
        size.set([1, plan.shown || count, 1], i * 3);
      }
    }
    if (scratch > 0) cells.updateStore();
    for (const field of ["corner", "size", "look", "shelf", "involved", ...STATE] as const) {
      cells.touchCopies(field);
    }
  }

  /** What puts the value of a channel of copy `number`. */
  writer(number: number, channel: string): (value: number) => void {
    if (number >= MOST_COPIES) return () => undefined;
    const put =
      (field: CellField, items: number, item: number, plus = 0) =>
      (value: number) => {
        this.cells.copies(field)[number * items + item] = value + plus;
        this.dirty.add(field);
      };
    switch (channel) {
      case "x":
        return put("corner", 3, 0, this.offset[0]);
      case "y":
        return put("corner", 3, 1, this.offset[1]);
      case "z":
        return put("corner", 3, 2, this.offset[2]);
      case "turn":
        return put("bend", 2, 1);
      // It is there or not: what lies behind it is to be seen until it leaves.
      case "opacity":
        return (value) => put("staged", 4, 0)(value > 0.02 ? 1 : 0);
      case "highlight":
        return put("staged", 4, 1);
      case "fill":
        return put("staged", 4, 3);
      case "slide": {
        const { columns, rows } = this.plans[number]!;
        const item = columns > rows ? 0 : 1;
        return (value) => put("part", 4, item)(Math.floor(value + 1e-3));
      }
    }
    return () => undefined;
  }

  /** The copies that are there and stand upright. */
  *flying(): Generator<Flying> {
    const { plans, of, offset, cells } = this;
    const [corner, staged] = [cells.copies("corner"), cells.copies("staged")];
    const [part, bend] = [cells.copies("part"), cells.copies("bend")];
    for (let i = 0; i < Math.min(plans.length, MOST_COPIES); i++) {
      const plan = plans[i]!;
      const block = of.block(plan.tensor);
      if (block === undefined || staged[4 * i]! < 0.5) continue;
      if (Math.abs(bend[2 * i + 1]! - Math.round(bend[2 * i + 1]!)) > 0.02) continue;
      if (Math.round(bend[2 * i + 1]!) % 4 !== 0) continue;
      const [x, y, z] = [0, 1, 2].map((side) => corner[3 * i + side]! - offset[side]!) as [
        number, number, number,
      ]; // prettier-ignore
      const isWide = plan.numbers === null && plan.columns > plan.rows;
      const moved = part[4 * i + (isWide ? 0 : 1)]!;
      yield { plan, block, x, y, z, filled: staged[4 * i + 3]!, first: moved };
    }
  }

  /** Send what was put. True: something was. */
  commit(): boolean {
    const hasChanged = this.dirty.size > 0;
    for (const field of this.dirty) this.cells.touchCopies(field);
    this.dirty.clear();
    return hasChanged;
  }
}

const STATE = ["staged", "order", "part", "bend"] as const;
