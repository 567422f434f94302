/**
 * From the names that a chapter has for its targets to the slabs of the model, as ranges: a large model
 * has more than a hundred thousand, and a chapter speaks of most of them at once.
 */
import type { Block } from "../scene/blocks";

/** Slabs that follow one another. */
export type Range = readonly [from: number, to: number];

/** Name or template, layers from and to, slabs from and to: see `Chapter` in bundle/wire. */
const TARGET = /^([^@#]+)(?:@(\d+)(?:-(\d+))?)?(?:#(\d+)(?:-(\d+))?)?$/;

export class SlabNames {
  private readonly byName = new Map<string, Block[]>();

  constructor(blocks: readonly Block[]) {
    for (const block of blocks) {
      const { tensor, layer } = block;
      this.add(tensor, block);
      if (layer !== null) this.add(tensor.replace(`.${layer}.`, ".*."), block);
    }
  }

  /** The slabs of some targets, and the blocks that they belong to. */
  slabsOf(targets: readonly string[]): { ranges: Range[]; blocks: Block[] } {
    const found: Range[] = [];
    const blocks: Block[] = [];
    for (const target of targets) {
      const parts = TARGET.exec(target);
      if (parts === null) continue;
      const [, name, firstLayer, lastLayer = firstLayer, first, last = first] = parts;
      for (const block of this.byName.get(name!) ?? []) {
        const layer = block.layer ?? 0;
        if (firstLayer !== undefined && (layer < +firstLayer || layer > +lastLayer!)) continue;
        const { firstSlab, depth } = block;
        const from = Math.min(first === undefined ? 0 : +first, depth.length);
        const to = last === undefined ? depth.length : Math.min(+last + 1, depth.length);
        if (to <= from) continue;
        found.push([firstSlab + from, firstSlab + to]);
        blocks.push(block);
      }
    }
    return { ranges: joined(found), blocks };
  }

  private add(name: string, block: Block): void {
    const known = this.byName.get(name);
    if (known) known.push(block);
    else this.byName.set(name, [block]);
  }
}

/** Ranges in order, those that touch as one. */
function joined(ranges: Range[]): Range[] {
  const made: [number, number][] = [];
  for (const [from, to] of ranges.sort(([a], [b]) => a - b)) {
    const last = made.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else made.push([from, to]);
  }
  return made;
}
