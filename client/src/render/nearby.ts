/**
 * Which layers are near enough for the names of what is in them: only for those are labels and rulers
 * made, so that their number goes by what fits on the screen, not by the size of the model.
 */
import type { Group } from "../scene/groups";
import type { Standing } from "./standing";

/** CSS pixels of a layer's longer side from which on it has labels, and below which it has none. */
const FROM_PX = 240;
const TO_PX = 180;
/** A layer whose shorter side is less than this share of the longer one counts as smaller: seen as a strip, it has no room for names. */
const SHORT_SHARE = 0.6;
/** No more layers than this have labels at once: the largest ones. */
const MOST = 10;
/** One that has labels keeps them until another is larger by this factor. */
const KEPT = 1.3;
/** One that has left the view keeps them too, as one may turn back, but gives way to any that is in view. */
const OUT_OF_VIEW = 1;
/** While the camera moves, this is decided anew so often: after so long and so many frames. */
const PAUSE_MS = 150;
const PAUSE_FRAMES = 6;

export class Nearby {
  private found = new Map<Standing, readonly Group[]>();
  private sinceMs = Infinity;
  private frames = Infinity;

  groupsOf(standing: Standing): readonly Group[] {
    return this.found.get(standing) ?? [];
  }

  /** Decide for where the camera is now. True: other layers than before. */
  update(standings: readonly Standing[], elapsedMs: number, isAtRest: boolean): boolean {
    this.sinceMs += elapsedMs;
    this.frames += 1;
    const isSoon = this.sinceMs < PAUSE_MS || this.frames < PAUSE_FRAMES;
    if (isSoon && !isAtRest) return false;
    this.sinceMs = this.frames = 0;
    const candidates: { standing: Standing; group: Group; px: number }[] = [];
    for (const standing of standings) {
      const before = this.groupsOf(standing);
      for (const group of standing.figure.groups) {
        const isKept = before.includes(group);
        const whole = standing.projector.sizeOf(group.bounds);
        if (!isKept && whole < FROM_PX) continue;
        const px = mayShow(standing, group) ? whole * breadth(group) : 0;
        if (isKept && px === 0) candidates.push({ standing, group, px: OUT_OF_VIEW });
        else if (isKept && px >= TO_PX) candidates.push({ standing, group, px: px * KEPT });
        else if (px >= FROM_PX) candidates.push({ standing, group, px });
      }
    }
    candidates.sort((a, b) => b.px - a.px);
    candidates.length = Math.min(candidates.length, MOST);
    const now = new Map(standings.map((standing) => [standing, new Set<Group>()]));
    for (const { standing, group } of candidates) now.get(standing)!.add(group);
    let hasChanged = this.found.size !== now.size;
    for (const [standing, groups] of now) {
      const before = this.groupsOf(standing);
      if (groups.size === before.length && before.every((group) => groups.has(group))) continue;
      hasChanged = true;
      standing.keepOnly(groups);
    }
    if (!hasChanged) return false;
    this.found = new Map(
      [...now].map(([standing, groups]) => [
        standing,
        standing.figure.groups.filter((group) => groups.has(group)),
      ]),
    );
    return true;
  }
}

/**
 * Whether some of a layer may be in view. The nearest layers seem the largest although they may be beside the view,
 * so that they must not take the places of those within it.
 */
function mayShow({ projector }: Standing, { bounds: { min, max } }: Group): boolean {
  const [width, height, depth] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  return projector.mayShow(...min, width, height, depth);
}

/** What counts of a layer's longer side: less where the other one is much shorter. What is outside the layers counts whole. */
function breadth({ key, bounds: { min, max } }: Group): number {
  if (key === "") return 1;
  const [width, height] = [max[0] - min[0], max[1] - min[1]];
  return Math.min(Math.min(width, height) / Math.max(width, height) / SHORT_SHARE, 1);
}
