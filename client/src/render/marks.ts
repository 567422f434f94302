/** Borders around cells that a chapter points at. */
import type { Block } from "../scene/blocks";
import { patchesOf, type Selector } from "../scene/cells";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import type { Panel } from "./panelMesh";

/** `strengths`: from 0 (not drawn) to 1, one for each of `marks`. */
export function markPanels(
  marks: readonly { readonly tensor: string; readonly index: readonly Selector[] }[],
  strengths: ArrayLike<number>,
  blocks: ReadonlyMap<string, Block>,
  theme: Theme,
): Panel[] {
  const accent = rgb(theme.highlight);
  return marks.flatMap(({ tensor, index }, i) => {
    const block = blocks.get(tensor);
    const strength = strengths[i]!;
    if (block === undefined || strength <= 0) return [];
    return patchesOf(block, index).map(({ slab, rows, columns }) => ({
      at: [block.x + columns.from, block.y + rows.from, block.z + slab * block.pitch] as const,
      size: [columns.to - columns.from, rows.to - rows.from] as const,
      fill: accent,
      fillAlpha: 0.1 * strength,
      border: accent,
      borderAlpha: strength,
      borderPx: 2.5,
      leastPx: 6,
      isMark: true,
    }));
  });
}
