/**
 * One model as a body: every block, band and section of it, in coordinates of its own. Where it stands
 * among others is said by its place in the row (see row.ts), so that models need not know of each other.
 */
import type { LoadedModel } from "../bundle/model";
import { type Block, blocksOf, type Bounds, boundsOf, unionOf } from "./blocks";
import { type Group, groupsOf } from "./groups";
import { placedBounds, type Ribbon, ribbonsOf } from "./ribbons";
import { type Section, sectionsOf } from "./sections";

/** Up to so many blocks, fit-to-view looks at each of them; beyond, at whole layers. */
const FEW_BLOCKS = 300;

export class Figure {
  readonly byTensor: ReadonlyMap<string, Block>;
  readonly bounds: Bounds;
  readonly slabs: number;
  /** Cells of its longest side. */
  readonly longest: number;
  /** The id of the block that each slab belongs to. */
  readonly blockOfSlab: Uint16Array;

  constructor(
    readonly model: LoadedModel,
    readonly blocks: readonly Block[],
    readonly groups: readonly Group[],
    readonly ribbons: readonly Ribbon[],
    readonly sections: readonly Section[],
  ) {
    this.byTensor = new Map(blocks.map((block) => [block.tensor, block]));
    this.bounds = unionOf(groups.map(({ bounds }) => bounds));
    this.slabs = blocks.reduce((sum, { depth }) => sum + depth.length, 0);
    this.longest = blocks.reduce(
      (most, { columns, rows }) => Math.max(most, columns.length, rows.length),
      0,
    );
    this.blockOfSlab = new Uint16Array(this.slabs);
    for (const { id, firstSlab, depth } of blocks) {
      this.blockOfSlab.fill(id, firstSlab, firstSlab + depth.length);
    }
  }

  /** Boxes that together are what has to be in view to see all of it. */
  get outline(): Bounds[] {
    const blocks =
      this.blocks.length <= FEW_BLOCKS
        ? this.blocks.map((block) => boundsOf([block]))
        : this.groups.flatMap(({ key, blocks, bounds }) =>
            key === "" ? blocks.map((block) => boundsOf([block])) : [bounds],
          );
    return [...blocks, ...this.outermost];
  }

  /** What leads beyond all blocks, such as from the foot of one column of layers to the head of the next. */
  private get outermost(): Bounds[] {
    const { min, max } = this.bounds;
    return this.ribbons
      .flatMap(placedBounds)
      .filter((band) => band.min[1] < min[1] || band.max[1] > max[1] || band.max[0] > max[0]);
  }
}

/** The figure of a model, in several pieces of work: others may come between them. */
export function* figureOf(model: LoadedModel): Generator<void, Figure> {
  const blocks = blocksOf(model.spec);
  yield;
  const groups = groupsOf(blocks);
  yield;
  const sections = sectionsOf(model.spec);
  yield;
  return new Figure(model, blocks, groups, ribbonsOf(model.spec), sections);
}
