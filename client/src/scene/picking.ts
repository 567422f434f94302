/**
 * Which cell a ray meets first: slabs are boxes, so no picture has to be read back from the GPU.
 * Everything is in the coordinates of the scene (`y` down, `z` away), and nothing is allocated
 * until a cell is found: this runs on every move of the pointer.
 */
import { type Block, thickness } from "./blocks";
import type { Place } from "./cells";

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

export function pick(blocks: readonly Block[], ray: Ray): Hit | null {
  let nearest = Infinity;
  let block: Block | null = null;
  let slab = 0;
  for (const each of blocks) {
    const { x, y, z } = each;
    const width = each.columns.length;
    const height = each.rows.length;
    if (!(entry(ray, x, y, z, width, height, thickness(each)) < nearest)) continue;
    for (let i = 0; i < each.depth.length; i++) {
      const distance = entry(ray, x, y, z + i * each.pitch, width, height, 1);
      if (distance < nearest) {
        nearest = distance;
        block = each;
        slab = i;
      }
    }
  }
  if (block === null) return null;
  const column = ray.origin[0] + nearest * ray.direction[0] - block.x;
  const row = ray.origin[1] + nearest * ray.direction[1] - block.y;
  return {
    block,
    slab,
    row: clampCell(row, block.rows.length),
    column: clampCell(column, block.columns.length),
    distance: nearest,
  };
}

/** Whether anything stands between the start of the ray and `distance` along it. */
export function isHidden(blocks: readonly Block[], ray: Ray, distance: number): boolean {
  for (const each of blocks) {
    const { x, y, z } = each;
    const width = each.columns.length;
    const height = each.rows.length;
    if (!(entry(ray, x, y, z, width, height, thickness(each)) < distance)) continue;
    for (let i = 0; i < each.depth.length; i++) {
      if (entry(ray, x, y, z + i * each.pitch, width, height, 1) < distance) return true;
    }
  }
  return false;
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
