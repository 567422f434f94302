/** From the names that a chapter has for its targets to the slabs of the model. */
import type { Block } from "../scene/blocks";

export class SlabNames {
  /** The block of each slab. */
  readonly blockOf: number[] = [];
  private readonly byName = new Map<string, number[]>();

  constructor(blocks: readonly Block[]) {
    for (const { id, tensor, firstSlab, depth, layer } of blocks) {
      const template = layer === null ? tensor : tensor.replace(`.${layer}.`, ".*.");
      for (let k = 0; k < depth.length; k++) {
        this.blockOf[firstSlab + k] = id;
        const names = [tensor, `${tensor}#${k}`, ...(template === tensor ? [] : [template])];
        for (const name of names) {
          const known = this.byName.get(name);
          if (known) known.push(firstSlab + k);
          else this.byName.set(name, [firstSlab + k]);
        }
      }
    }
  }

  slabsOf(targets: readonly string[]): number[] {
    return targets.flatMap((target) => this.byName.get(target) ?? []);
  }
}
