/**
 * Where on the canvas a label would stand, and whether it is worth showing there: the geometry of
 * one label. Allocates nothing, for it runs for every label whenever the camera moves.
 */
import { LINE } from "./glyphMesh";
import type { Label } from "./label";
import type { Projector } from "./projector";

/** CSS pixels at each side that panels cover. */
export interface Insets {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** What buttons cover in the corners of the rest. */
  readonly corners?: readonly Corner[];
}

/** A corner of what is free of panels, and how much of it is covered, in CSS pixels. */
export interface Corner {
  readonly side: "left" | "right";
  readonly edge: "top" | "bottom";
  readonly width: number;
  readonly height: number;
}

const MARGIN_PX = 6;
/** No text is smaller than this. */
const LEGIBLE_PX = 10;
/** Labels that are shown stay until they are this much too small, so that they do not flicker. */
export const PLAY = 0.92;

export class LabelPlacer {
  /** Results of `place`: the box and the height of the text, and how far it is from its anchor. */
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;
  px = 0;
  /** CSS pixels of a cell at the anchor. */
  cellPx = 0;
  shiftX = 0;
  shiftY = 0;
  private x = 0;
  private y = 0;
  private readonly free = { left: 0, top: 0, right: 0, bottom: 0 };
  private projector: Projector | null = null;
  private insets: Insets = { left: 0, top: 0, right: 0, bottom: 0 };

  /** What is free of panels. */
  setInsets(insets: Insets): void {
    this.insets = insets;
    this.projector = null;
  }

  /** Whose coordinates the next labels are in. */
  begin(projector: Projector): void {
    if (projector === this.projector) return;
    this.projector = projector;
    const { free, insets } = this;
    free.left = insets.left + MARGIN_PX;
    free.top = insets.top + MARGIN_PX;
    free.right = projector.width - insets.right - MARGIN_PX;
    free.bottom = projector.height - insets.bottom - MARGIN_PX;
  }

  /**
   * `ems`: width of the text; `px`: its height, where that is not for the label to say. False: it is
   * too small, or its place is out of view.
   */
  place(label: Label, ems: number, wasShown: boolean, px = 0): boolean {
    const projector = this.projector!;
    const { anchor, size, align, shift, span } = label;
    if (!projector.project(anchor[0], anchor[1], anchor[2])) return false;
    const anchorX = projector.x;
    const anchorY = projector.y;
    this.x = anchorX;
    this.y = anchorY;
    this.cellPx = projector.focal / projector.w;
    if (px > 0) this.px = px;
    else if ("px" in size) this.px = size.px;
    else {
      this.px = size.cells * this.cellPx;
      if (this.px < size.leastPx * (wasShown ? PLAY : 1)) return false;
      this.px = Math.min(Math.max(this.px, LEGIBLE_PX), size.mostPx);
    }
    const width = ems * this.px;
    const height = LINE * this.px;
    if (span !== undefined && !this.along(label, span, width, height, wasShown)) return false;
    this.x += shift[0];
    this.y += shift[1];
    if (label.staysIn) this.moveIn(align, width, height);
    this.left = this.x - width * align[0];
    this.top = this.y - height * align[1];
    this.right = this.left + width;
    this.bottom = this.top + height;
    this.shiftX = this.x - anchorX;
    this.shiftY = this.y - anchorY;
    const { free } = this;
    return (
      this.left >= free.left - MARGIN_PX &&
      this.right <= free.right + MARGIN_PX &&
      this.top >= free.top - MARGIN_PX &&
      this.bottom <= free.bottom + MARGIN_PX &&
      !this.isInCorner()
    );
  }

  /** Whether a button would cover some of it. */
  private isInCorner(): boolean {
    const { free, insets } = this;
    for (const { side, edge, width, height } of insets.corners ?? []) {
      const isAcross =
        side === "left"
          ? this.left < free.left - MARGIN_PX + width
          : this.right > free.right + MARGIN_PX - width;
      const isDown =
        edge === "top"
          ? this.top < free.top - MARGIN_PX + height
          : this.bottom > free.bottom + MARGIN_PX - height;
      if (isAcross && isDown) return true;
    }
    return false;
  }

  /** Moves x and y, by no more than the text itself is large, to where all of it is in view. */
  private moveIn([alignX, alignY]: Label["align"], width: number, height: number): void {
    const { free } = this;
    const within = (at: number, least: number, most: number, reach: number): number => {
      const moved = Math.min(Math.max(at, least), most);
      return Math.abs(moved - at) <= reach ? moved : at;
    };
    this.x = within(this.x, free.left + width * alignX, free.right - width * (1 - alignX), width);
    this.y = within(
      this.y,
      free.top + height * alignY,
      free.bottom - height * (1 - alignY),
      height,
    );
  }

  /** Moves x and y along the line that the label names; false when that is too short or too long. */
  private along(
    { align, shift }: Label,
    span: NonNullable<Label["span"]>,
    width: number,
    height: number,
    wasShown: boolean,
  ): boolean {
    const projector = this.projector!;
    const { from, to, leastPx, leastShare = 0, mostPx = Infinity } = span;
    if (!projector.project(from[0], from[1], from[2])) return false;
    const fromX = projector.x;
    const fromY = projector.y;
    if (!projector.project(to[0], to[1], to[2])) return false;
    const dx = projector.x - fromX;
    const dy = projector.y - fromY;
    const length = Math.hypot(dx, dy);
    const play = wasShown ? PLAY : 1;
    if (length < Math.max(leastPx, leastShare * width) * play || length * play > mostPx)
      return false;
    const { free } = this;
    if (span.slides) {
      // The piece of the line where it would be in view, as shares of the line's length.
      let low = 0;
      let high = 1;
      for (let side = 0; side < 2; side++) {
        const start = side === 0 ? fromX : fromY;
        const change = side === 0 ? dx : dy;
        if (Math.abs(change) < 1e-6) continue;
        const before = side === 0 ? width * align[0] : height * align[1];
        const after = side === 0 ? width - before : height - before;
        const a = ((side === 0 ? free.left : free.top) + before - start) / change;
        const b = ((side === 0 ? free.right : free.bottom) - after - start) / change;
        low = Math.max(low, Math.min(a, b));
        high = Math.min(high, Math.max(a, b));
      }
      const seen = (Math.min(high, 1) - Math.max(low, 0)) * length;
      if (span.leastSeenPx !== undefined && (low > 0 || high < 1)) {
        if (seen < span.leastSeenPx * play) return false;
      }
      const at = Math.min(Math.max(0.5, low), Math.max(high, low));
      if (at !== 0.5 && at >= 0 && at <= 1) {
        this.x = fromX + dx * at;
        this.y = fromY + dy * at;
      }
    }
    if (span.over !== undefined) {
      const least = free.top + height * align[1] - shift[1];
      if (this.y < least && projector.project(span.over[0], span.over[1], span.over[2])) {
        if (projector.y > least + height * 2) this.y = least;
      }
    }
    return true;
  }
}
