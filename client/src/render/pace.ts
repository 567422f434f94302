/**
 * How finely to draw while the camera moves: on slow machines coarser, so that movement stays smooth.
 * A picture at rest is always drawn in full.
 */
const SLOW_MS = 48;
const FAST_MS = 20;
const SLOW_FRAMES = 2;
const FAST_FRAMES = 24;
const STEP = 0.7;
const COARSEST = 0.5;

export class Pace {
  /** Share of the full resolution, along each side. */
  scale = 1;
  private slow = 0;
  private fast = 0;

  /** Time from one frame of a movement to the next. */
  note(intervalMs: number): void {
    this.slow = intervalMs > SLOW_MS ? this.slow + 1 : 0;
    this.fast = intervalMs < FAST_MS ? this.fast + 1 : 0;
    if (this.slow >= SLOW_FRAMES) {
      this.scale = Math.max(COARSEST, this.scale * STEP);
      this.slow = 0;
    } else if (this.fast >= FAST_FRAMES) {
      this.scale = Math.min(1, this.scale / STEP);
      this.fast = 0;
    }
  }
}
