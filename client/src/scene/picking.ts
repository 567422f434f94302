/**
 * Which cell a ray meets first: slabs are boxes, so no picture has to be read back from the GPU.
 * Everything is in the coordinates of the scene (`y` down, `z` away), and nothing is allocated
 * until a cell is found: this runs on every move of the pointer.
 */
import { type Block, type Bounds, thickness } from "./blocks";
import type { Place } from "./cells";
import { type Cuts, NO_CUTS } from "./cuts";
import type { Group } from "./groups";
import { type Parting, standing } from "./parting";

export interface Ray {
  readonly origin: readonly [number, number, number];
  /** Need not have length 1. */
  readonly direction: readonly [number, number, number];
}

export interface Hit extends Place {
  readonly block: Block;
  /** Distance along the ray, in lengths of its direction. */
  readonly distance: number;
}

/** How blocks are drawn when that is not as they stand: what a chapter of a tour does to them. */
export interface Drawn {
  isThere(block: Block): boolean;
  /** Where the cells of a slab have moved apart. */
  parting(block: Block, slab: number): Parting | null;
}

/** The cell that a ray meets first; null when it meets none. Slabs that `cuts` take away let it through. */
export function pick(
  groups: readonly Group[],
  ray: Ray,
  drawn: Drawn | null = null,
  cuts: Cuts = NO_CUTS,
): Hit | null {
  let nearest = Infinity;
  let hit: Hit | null = null;
  for (const { bounds, blocks } of groups) {
    // What moves apart reaches beyond the bounds of its group.
    if (drawn === null && !(entryOf(ray, bounds) < nearest)) continue;
    for (const block of blocks) {
      if (drawn !== null && !drawn.isThere(block)) continue;
      const found =
        drawn === null
          ? whole(block, ray, nearest, cuts.get(block) ?? 0)
          : parted(block, ray, nearest, drawn);
      if (found === null) continue;
      hit = found;
      nearest = found.distance;
    }
  }
  return hit;
}

function whole(block: Block, ray: Ray, before: number, first: number): Hit | null {
  const { x, y, z } = block;
  const width = block.columns.length;
  const height = block.rows.length;
  if (!(entry(ray, x, y, z, width, height, thickness(block)) < before)) return null;
  let nearest = before;
  let slab = -1;
  for (let i = first; i < block.depth.length; i++) {
    const distance = entry(ray, x, y, z + i * block.pitch, width, height, 1);
    if (distance < nearest) {
      nearest = distance;
      slab = i;
    }
  }
  if (slab < 0) return null;
  const column = clampCell(ray.origin[0] + nearest * ray.direction[0] - x, width);
  const row = clampCell(ray.origin[1] + nearest * ray.direction[1] - y, height);
  return { block, slab, row, column, distance: nearest };
}

/** The same for a block whose slabs may have gaps; through a gap one sees what lies behind. */
function parted(block: Block, ray: Ray, before: number, drawn: Drawn): Hit | null {
  let nearest: Hit | null = null;
  for (let slab = 0; slab < block.depth.length; slab++) {
    const parting = drawn.parting(block, slab);
    const [wide, high] = [parting?.columns?.gap ?? 0, parting?.rows?.gap ?? 0];
    const { x, y, z, pitch } = block;
    const width = block.columns.length;
    const height = block.rows.length;
    const distance = entry(
      ray,
      x - wide,
      y - high,
      z + slab * pitch,
      width + 2 * wide,
      height + 2 * high,
      1,
    );
    if (!(distance < (nearest?.distance ?? before))) continue;
    const column = standing(ray.origin[0] + distance * ray.direction[0] - x, parting?.columns);
    const row = standing(ray.origin[1] + distance * ray.direction[1] - y, parting?.rows);
    if (column === null || row === null) continue;
    nearest = {
      block,
      slab,
      row: clampCell(row, height),
      column: clampCell(column, width),
      distance,
    };
  }
  return nearest;
}

/** Whether anything stands between the start of the ray and `distance` along it. */
export function isHidden(
  groups: readonly Group[],
  ray: Ray,
  distance: number,
  cuts: Cuts = NO_CUTS,
): boolean {
  for (const { bounds, blocks } of groups) {
    if (entryOf(ray, bounds) < distance && meets(blocks, ray, distance, cuts)) return true;
  }
  return false;
}

/** The same of some blocks. */
export function meets(
  blocks: readonly Block[],
  ray: Ray,
  distance: number,
  cuts: Cuts = NO_CUTS,
): boolean {
  for (const each of blocks) {
    const { x, y, z } = each;
    const width = each.columns.length;
    const height = each.rows.length;
    if (!(entry(ray, x, y, z, width, height, thickness(each)) < distance)) continue;
    for (let i = cuts.get(each) ?? 0; i < each.depth.length; i++) {
      if (entry(ray, x, y, z + i * each.pitch, width, height, 1) < distance) return true;
    }
  }
  return false;
}

/** Where the ray enters a box; Infinity when it misses it. */
export function entryOf(ray: Ray, { min, max }: Bounds): number {
  const [x, y, z] = min;
  return entry(ray, x, y, z, max[0] - x, max[1] - y, max[2] - z);
}

/** Where the ray enters an axis-aligned box; Infinity when it misses it or starts behind it. */
function entry(
  { origin, direction }: Ray,
  x: number,
  y: number,
  z: number,
  width: number,
  height: number,
  depth: number,
): number {
  let near = -Infinity;
  let far = Infinity;
  for (let side = 0; side < 3; side++) {
    const low = side === 0 ? x : side === 1 ? y : z;
    const high = low + (side === 0 ? width : side === 1 ? height : depth);
    const from = origin[side]!;
    const step = direction[side]!;
    if (step === 0) {
      if (from < low || from > high) return Infinity;
      continue;
    }
    const a = (low - from) / step;
    const b = (high - from) / step;
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  return near <= far && far >= 0 ? Math.max(near, 0) : Infinity;
}

function clampCell(position: number, length: number): number {
  return Math.min(Math.max(Math.floor(position), 0), length - 1);
}
