/**
 * The camera in the hands of a chapter: what it frames, and what the visitor did to the camera as an
 * offset on top of that, which eases out while the chapter plays. Pure states; see cameraRig.ts for who
 * moves the camera.
 */
import type { CameraState } from "./camera";
import { added, difference, isSmall, NO_OFFSET, scaled, withOffset } from "./offset";
import type { Framing } from "./staging";

/** How fast what a visitor did to the camera eases out, and the way from one chapter to the next. */
const EASE_BACK_MS = 500;
const SETTLE_MS = 260;

export interface How {
  readonly plays: boolean;
  /** It comes from wherever it is. */
  readonly settles?: boolean;
  readonly elapsedMs: number;
}

export class Leading {
  /** What is framed; null: no chapter leads. */
  framing: Framing | null = null;
  /** Whether an offset is easing out although nothing plays. */
  isSettling = false;
  /** Where the camera was put. */
  private led: CameraState | null = null;
  private offset = NO_OFFSET;

  /** Where the camera goes. `goal`: what is framed; `now`: where it is; `isFree`: nobody holds it. */
  next(
    framing: Framing,
    goal: CameraState,
    now: CameraState,
    how: How & { readonly isFree: boolean; readonly reducedMotion: boolean },
  ): CameraState {
    this.framing = framing;
    if (this.led === null || how.settles) {
      this.offset = this.led === null && !how.settles ? NO_OFFSET : difference(goal, now);
      this.isSettling = how.settles === true;
    } else this.offset = added(this.offset, difference(this.led, now));
    if (how.reducedMotion) {
      if (how.plays || how.settles) this.offset = NO_OFFSET;
    } else if ((how.plays || this.isSettling) && how.isFree) {
      const kept = Math.exp(-how.elapsedMs / (this.isSettling ? SETTLE_MS : EASE_BACK_MS));
      this.offset = scaled(this.offset, kept);
      if (kept < 1 && isSmall(this.offset, goal.distance)) {
        this.offset = NO_OFFSET;
        this.isSettling = false;
      }
    }
    return withOffset(goal, this.offset);
  }

  /** The camera stands where `next` said, or at a limit before that. */
  arrived(at: CameraState): void {
    this.led = at;
  }

  release(): void {
    this.led = this.framing = null;
    this.isSettling = false;
  }
}
