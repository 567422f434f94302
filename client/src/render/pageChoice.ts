/**
 * Which pages of a model the camera is near enough for: tiles of single cells, or of averages of few, that
 * are in view and large on the screen, the largest first (so that coarse comes before fine).
 */
import type { Block } from "../scene/blocks";
import { TILE_SIDE } from "../bundle/tiles";
import type { Group } from "../scene/groups";
import type { Shelf } from "../scene/levels";
import type { PagePlace } from "../scene/pages";
import type { Projector } from "./projector";

/** The shader takes a level when its cells are larger than this, in device pixels. */
const LEAST_PX = 0.75;

export interface Choice {
  readonly groups: readonly Group[];
  readonly shelves: readonly Shelf[];
  readonly projector: Projector;
  /** Device pixels of a CSS pixel. */
  readonly ratio: number;
  /** How many there is room for. */
  readonly most: number;
}

export function pagesInView({ groups, shelves, projector, ratio, most }: Choice): PagePlace[] {
  const found: { place: PagePlace; px: number }[] = [];
  const visit = (block: Block, slab: number, level: number, row: number, column: number): void => {
    const { columns, rows, finest } = shelves[block.id]!;
    const side = TILE_SIDE * 2 ** level;
    const [left, top] = [column * side, row * side];
    const [width, height] = [Math.min(side, columns - left), Math.min(side, rows - top)];
    if (width <= 0 || height <= 0) return;
    const [x, y, z] = [block.x + left, block.y + top, block.z + slab * block.pitch];
    const px = projector.largestCell(x, y, z, width, height, 1) * ratio * 2 ** level;
    // Twice as fine: what this tile holds, and what its quarters do.
    if (px < LEAST_PX) return;
    if (!projector.mayShow(x, y, z, width, height, 1)) return;
    if (level < finest) found.push({ place: { block: block.id, slab, level, row, column }, px });
    if (level === 0) return;
    for (const [down, right] of QUARTERS) {
      visit(block, slab, level - 1, 2 * row + down, 2 * column + right);
    }
  };
  for (const { bounds, blocks } of groups) {
    if (projector.largestCellIn(bounds) * ratio === 0 || projector.sizeOf(bounds) === 0) continue;
    for (const block of blocks) {
      const { columns, rows, finest, slabs } = shelves[block.id]!;
      if (finest === 0) continue;
      const whole = Math.max(0, Math.ceil(Math.log2(Math.max(columns, rows) / TILE_SIDE)));
      const coarsest = Math.max(whole, finest - 1);
      for (let slab = 0; slab < slabs; slab++) visit(block, slab, coarsest, 0, 0);
    }
  }
  found.sort((a, b) => b.px - a.px);
  return found.slice(0, most).map(({ place }) => place);
}

const QUARTERS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;
