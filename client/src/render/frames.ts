/**
 * When a frame is drawn, and how finely: nothing is drawn, and no frame is asked for, while nothing
 * changes. What is drawn coarsely while it moves is drawn in full once it rests.
 */
import { Pace } from "./pace";

/** Longer gaps between frames are pauses, not slow frames. */
const LONGEST_FRAME_MS = 64;
/** So long after a movement the picture is drawn in full again. */
const COARSE_MS = 250;

export interface Frame {
  /** Since the last one. */
  readonly elapsedMs: number;
  readonly hasMoved: boolean;
  readonly isMoving: boolean;
}

/** What happens in a frame, in this order. */
export interface Acts {
  /** Whether the camera is on its way by itself, or in a visitor's hands. */
  readonly isMoving: boolean;
  /** Moves the camera; true: it is not where it was. */
  move(elapsedMs: number): boolean;
  /** Looks what the pointer points at. */
  point(frame: Frame): void;
  /** `fineness`: share of the full resolution. True: it is to be drawn again soon. */
  draw(frame: Frame, fineness: number): boolean;
}

export class Frames {
  /** What plays asks for its own frames. */
  isPlaying = false;
  /** The context is gone: nothing can be drawn. */
  isLost = false;
  /** There is nothing to draw yet: an empty picture takes the GPU as long as a full one. */
  isEmpty = true;
  private readonly pace = new Pace();
  private request = 0;
  private last = 0;
  private isDirty = true;
  private wasMoving = false;
  private lastMoved = -Infinity;
  private isDrawnCoarse = false;
  private refining: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly acts: Acts) {}

  /** Something that is drawn has changed. */
  touch(): void {
    this.isDirty = true;
    this.wake();
  }

  /** A frame is due, although perhaps nothing has changed. */
  wake(): void {
    if (this.request === 0) this.request = requestAnimationFrame((now) => this.frame(now));
  }

  /** Draw now, not with the next frame of the page. */
  drawNow(): void {
    this.isDirty = true;
    this.frame(performance.now());
  }

  dispose(): void {
    cancelAnimationFrame(this.request);
    clearTimeout(this.refining);
  }

  private get canDraw(): boolean {
    return !this.isLost && !this.isEmpty;
  }

  private frame(now: number): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    const interval = now - this.last;
    this.last = now;
    const elapsedMs = Math.min(Math.max(interval, 1), LONGEST_FRAME_MS);
    const { acts, pace } = this;
    if ((acts.isMoving || this.isPlaying) && this.wasMoving) pace.note(interval);
    const hasMoved = acts.move(elapsedMs);
    const isMoving = acts.isMoving || this.isPlaying;
    if (hasMoved || (this.wasMoving && !isMoving)) this.isDirty = true;
    this.wasMoving = isMoving;
    if (isMoving) this.lastMoved = now;
    // Between two moves it stays coarse: to change the resolution takes as long as a frame.
    const isCoarse = pace.scale < 1 && now - this.lastMoved < COARSE_MS;
    if (!isCoarse && this.isDrawnCoarse) this.isDirty = true;
    const frame = { elapsedMs, hasMoved, isMoving };
    acts.point(frame);
    if (this.isDirty && this.canDraw) {
      this.isDirty = false;
      this.isDrawnCoarse = isCoarse;
      if (acts.draw(frame, isCoarse ? pace.scale : 1)) this.isDirty = true;
    }
    if (!this.isPlaying && ((this.isDirty && this.canDraw) || isMoving)) this.wake();
    else if (this.isDrawnCoarse && !isMoving) {
      clearTimeout(this.refining);
      this.refining = setTimeout(() => this.wake(), COARSE_MS);
    }
  }
}
