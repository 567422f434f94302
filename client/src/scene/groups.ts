/**
 * The blocks of a model layer by layer, so that a question about all of them (what is under the
 * pointer, what is near enough for a label) is asked once for each layer that is out of the question.
 */
import { type Block, type Bounds, boundsOf } from "./blocks";

export interface Group {
  /** Path of the layer, such as `blocks.17`; empty for what belongs to none. */
  readonly key: string;
  readonly blocks: readonly Block[];
  readonly bounds: Bounds;
}

/** One group for each layer of each stack, and one for everything else, in the order of the blocks. */
export function groupsOf(blocks: readonly Block[]): Group[] {
  const found = new Map<string, Block[]>();
  for (const block of blocks) {
    const key = layerPath(block.tensor, block.layer);
    const group = found.get(key);
    if (group) group.push(block);
    else found.set(key, [block]);
  }
  return [...found].map(([key, own]) => ({ key, blocks: own, bounds: boundsOf(own) }));
}

/** `blocks.17` of `blocks.17.attn.q`; empty without a layer. */
export function layerPath(name: string, layer: number | null): string {
  if (layer === null) return "";
  const number = `.${layer}`;
  const at = `${name}.`.indexOf(`${number}.`);
  return at < 0 ? "" : name.slice(0, at + number.length);
}
