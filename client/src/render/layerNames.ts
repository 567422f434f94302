/**
 * The names of the layers of one stack, seen together: all of them where there is room for each at its
 * own place, above its layer, else those at the heads of every so many columns, and of the last one. They
 * are as high as one another, and what is chosen changes in steps, so that a turning picture stays calm.
 *
 * Rejected: letting each name find a place of its own. Names then stand beside layers that they do not
 * belong to, and change places while the camera moves.
 */
import type { Point } from "./label";
import type { Projector } from "./projector";

/** Where a layer is among those of its stack, which stand in columns. */
export interface LayerPlace {
  readonly stack: string;
  readonly column: number;
  readonly row: number;
  /** The blocks of the layer above that a name may come to lie on, in cells. */
  readonly over: readonly Obstacle[];
}

/** Something above a layer: how far it is from its top, and how far right of its left side it begins. */
export interface Obstacle {
  readonly gap: number;
  readonly reach: number;
}

const LEAST_PX = 11;
const MOST_PX = 17;
/** What a name takes of the height above a layer. */
const STRIP_PX = 22;
/** How much of the way to the next column a name may take. */
const SHARE = 0.62;
/** Room around a name, in widths and heights of it, to the next one; for lines of names one below another. */
const WIDE = 1.3;
const HIGH = 1.5;
/** A stack that is smaller on the screen than so many names side by side has the first one only; below the second, none. */
const LEAST_NAMES = 3;
const LEAST_NAME = 1.5;
/** Columns are named every so many. */
const STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
/** How much room may come or go before what is chosen changes. */
const PLAY = 1.15;

export class LayerNames {
  /** Height of the names in CSS pixels. */
  px = MOST_PX;
  private readonly heads: Point[] = [];
  private readonly seconds: (Point | undefined)[] = [];
  private widest = 0;
  private readonly over: Obstacle[] = [];
  /** Every so many columns; 0: no names at all. */
  private step = 1;
  private isEvery = true;
  /** Only the first layer, which says what stack it is. */
  private isFirst = false;
  /** Found by `nearest`: whether any head is in view, and CSS pixels across of a cell of the stack. */
  private isHeadInView = false;
  private cellPx = 0;

  add({ column, row, over }: LayerPlace, anchor: Point, ems: number): void {
    // Layers that are alike have the same above them.
    for (const each of over) {
      const isKnown = this.over.some(({ gap, reach }) => gap <= each.gap && reach <= each.reach);
      if (!isKnown) this.over.push(each);
    }
    // Of several places of one name the first counts.
    if (row === 0) this.heads[column] ??= anchor;
    if (row === 1) this.seconds[column] ??= anchor;
    this.widest = Math.max(this.widest, ems);
  }

  shows({ column, row }: LayerPlace): boolean {
    if (this.isEvery) return true;
    if (this.isFirst) return column === 0 && row === 0;
    const { step } = this;
    if (step === 0 || row > 0) return false;
    const last = this.heads.length - 1;
    return column === last || (column % step === 0 && last - column >= step);
  }

  /** Choose for where the camera is now. */
  update(projector: Projector): void {
    const across = this.nearest(projector, true);
    const down = this.nearest(projector, false);
    const apart = across ?? down;
    if (apart === null) {
      this.isEvery = true;
      this.px = MOST_PX;
      return;
    }
    // Where no head is in view, names that lie on blocks are better than none.
    const free = this.isHeadInView ? this.freeAbove() : Infinity;
    const toNext = across === null ? Math.hypot(...down!) * 0.4 : Math.hypot(...across) * SHARE;
    const room = Math.min(toNext, Math.max(free, LEAST_PX * this.widest));
    const wanted = Math.min(Math.max(room / this.widest, LEAST_PX), MOST_PX);
    if (Math.abs(wanted - this.px) > 0.75) this.px = Math.floor(wanted);
    const { px } = this;
    const width = this.widest * px;
    const isFree = (by: readonly [number, number] | null, times: number, play: number): boolean =>
      by === null ||
      Math.abs(by[0]) * times >= width * WIDE * play ||
      Math.abs(by[1]) * times >= px * HIGH * play;
    const fitsAll = (play: number): boolean =>
      free >= this.widest * LEAST_PX * play &&
      isFree(across, 1, play) &&
      isFree(down, 1, play) &&
      (across === null ||
        down === null ||
        (isFree([across[0] + down[0], across[1] + down[1]], 1, play) &&
          isFree([across[0] - down[0], across[1] - down[1]], 1, play)));
    this.isEvery = fitsAll(this.isEvery ? 1 / PLAY : 1);
    if (this.isEvery) {
      this.step = 1;
      return;
    }
    const columns = this.heads.length;
    const needed = STEPS.find((step) => isFree(across, step, 1)) ?? columns;
    const isStill = this.step > 0 && isFree(across, this.step, 1 / PLAY);
    const isLess = needed < this.step && isFree(across, needed, PLAY);
    if (!isStill || isLess) this.step = needed;
    const whole = across === null ? 0 : Math.hypot(...across) * columns;
    this.isFirst = whole < width * LEAST_NAMES && whole >= width * LEAST_NAME;
    if (whole < width * LEAST_NAMES) this.step = 0;
  }

  /** CSS pixels that a name may be wide before it lies on a block of the layer above. */
  private freeAbove(): number {
    const { over, cellPx } = this;
    let free = Infinity;
    for (const { gap, reach } of over) {
      if (gap * cellPx < STRIP_PX) free = Math.min(free, reach * cellPx);
    }
    return free;
  }

  /** From one layer in view to the next on the screen, where they are closest; null: there are no two. */
  private nearest(projector: Projector, isAcross: boolean): [number, number] | null {
    const { heads, seconds } = this;
    let found: [number, number] | null = null;
    let least = Infinity;
    if (isAcross) this.isHeadInView = false;
    for (let i = 0; i < heads.length; i++) {
      const from = heads[i];
      const to = isAcross ? heads[i + 1] : seconds[i];
      if (from === undefined || !projector.project(...from)) continue;
      const { x, y } = projector;
      const isInView = x > 0 && x < projector.width && y > 0 && y < projector.height;
      if (isAcross && isInView) this.isHeadInView = true;
      if (isAcross && (isInView || this.cellPx === 0)) {
        const [px, py] = [projector.x, projector.y];
        if (projector.project(from[0] + 1, from[1], from[2])) {
          this.cellPx = Math.hypot(projector.x - px, projector.y - py);
        }
      }
      if (to === undefined || !projector.project(...to)) continue;
      const [dx, dy] = [projector.x - x, projector.y - y];
      const apart = Math.max(Math.abs(dx) / (this.widest * WIDE), Math.abs(dy) / HIGH);
      if (apart >= least || (!isInView && found !== null)) continue;
      if (isInView) least = apart;
      found = [dx, dy];
    }
    return found;
  }
}
