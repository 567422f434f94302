/**
 * Level of detail of blocks with many slabs (heads, experts): from afar such a block is one solid body;
 * near enough for the gaps between its slabs to be seen, each slab is drawn.
 *
 * A model with few slabs is always drawn slab by slab. Work and memory of a large one grow with its
 * blocks, and with the slabs that are near.
 */
import { type Block, boundsOf } from "../scene/blocks";
import type { Standing } from "./standing";

/** Models with no more slabs than this are always drawn slab by slab. */
const FEW_SLABS = 3000;
/** How far apart slabs are on the screen when they are drawn one by one, in CSS pixels, and to go on with that. */
const APART_PX = 2;
const STILL_APART_PX = 1;
/** Slabs of large models that are drawn at once; further ones stay solid. */
const MOST_SLABS = 12_000;
/** While the camera moves, this is decided anew so often: after so long and so many frames. */
const PAUSE_MS = 250;
const PAUSE_FRAMES = 8;

const pitches = new WeakMap<readonly Block[], number>();

/** The largest distance between two slabs of a block. */
function mostPitch(blocks: readonly Block[]): number {
  let most = pitches.get(blocks);
  if (most === undefined) {
    most = blocks.reduce((sum, { depth, pitch }) => Math.max(sum, depth.length > 1 ? pitch : 0), 0);
    pitches.set(blocks, most);
  }
  return most;
}

export class Detail {
  private readonly split = new Map<Standing, Uint8Array>();
  private sinceMs = Infinity;
  private frames = Infinity;

  /** Whether the slabs of a block are drawn one by one. */
  isSplit(standing: Standing, block: Block): boolean {
    return block.depth.length === 1 || this.splitOf(standing)[block.id] === 1;
  }

  /** Forget models that are gone. */
  keepOnly(standings: readonly Standing[]): void {
    for (const each of this.split.keys()) if (!standings.includes(each)) this.split.delete(each);
    this.sinceMs = this.frames = Infinity;
  }

  /** Decide for where the camera is now. True: something is drawn otherwise than before. */
  update(standings: readonly Standing[], elapsedMs: number, isAtRest: boolean): boolean {
    this.sinceMs += elapsedMs;
    this.frames += 1;
    const isSoon = this.sinceMs < PAUSE_MS || this.frames < PAUSE_FRAMES;
    if (isSoon && !isAtRest) return false;
    this.sinceMs = this.frames = 0;
    let hasChanged = false;
    let slabs = 0;
    for (const standing of standings) {
      if (standing.figure.slabs <= FEW_SLABS) continue;
      const split = this.splitOf(standing);
      const { projector } = standing;
      for (const { bounds, blocks } of standing.figure.groups) {
        const nearest = projector.largestCellIn(bounds) * mostPitch(blocks);
        if (nearest <= STILL_APART_PX) {
          for (const { id, depth } of blocks) {
            if (depth.length === 1 || split[id] === 0) continue;
            split[id] = 0;
            hasChanged = true;
          }
          continue;
        }
        const isInView = projector.sizeOf(bounds) > 0;
        for (const block of blocks) {
          if (block.depth.length === 1) continue;
          const least = split[block.id] === 1 ? STILL_APART_PX : APART_PX;
          const isNear = projector.cellOf(block) * block.pitch > least;
          const isSeen = isInView && isNear && projector.sizeOf(boundsOf([block])) > 0;
          // What has left the view stays as it was: one may turn back.
          const isSplit = isSeen || (isNear && split[block.id] === 1);
          if (isSplit) slabs += block.depth.length;
          const now = isSplit && slabs <= MOST_SLABS ? 1 : 0;
          if (now !== split[block.id]) hasChanged = true;
          split[block.id] = now;
        }
      }
    }
    return hasChanged;
  }

  private splitOf(standing: Standing): Uint8Array {
    let split = this.split.get(standing);
    if (split === undefined) {
      const isSmall = standing.figure.slabs <= FEW_SLABS;
      split = new Uint8Array(standing.blocks.length).fill(isSmall ? 1 : 0);
      this.split.set(standing, split);
    }
    return split;
  }
}
