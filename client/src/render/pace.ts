/**
 * How finely to draw while the camera moves: coarser on machines that are too slow for the whole, so
 * that movement stays smooth. A picture at rest is always drawn in full.
 *
 * Two steps only: to change the resolution costs about as much as a frame.
 */
const COARSE = 0.6;
const SLOW_MS = 60;
const SLOW_FRAMES = 3;
const FAST_MS = 20;
const FAST_FRAMES = 40;

export class Pace {
  /** Share of the full resolution, along each side. */
  scale = 1;
  private slow = 0;
  private fast = 0;

  /** Time from one frame of a movement to the next. */
  note(intervalMs: number): void {
    this.slow = intervalMs > SLOW_MS ? this.slow + 1 : 0;
    this.fast = intervalMs < FAST_MS ? this.fast + 1 : 0;
    if (this.slow === SLOW_FRAMES) this.scale = COARSE;
    else if (this.fast === FAST_FRAMES) this.scale = 1;
  }
}
