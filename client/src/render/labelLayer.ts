/**
 * All labels: which are shown, how large and where, decided anew when the camera moves.
 *
 * The letters themselves stay in their buffers. What changes is a small texture with four numbers
 * for each label (alpha, scale, shift right, shift down), which the shaders of text and rulers read.
 */
import { DataTexture, FloatType, NearestFilter, RGBAFormat } from "three";
import type { Block } from "../scene/blocks";
import { isHidden } from "../scene/picking";
import { Declutter } from "./declutter";
import { type GlyphMesh, LAYOUT_PX, LINE } from "./glyphMesh";
import type { Label } from "./label";
import type { Projector } from "./projector";

export interface Insets {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** States before this one belong to numbers printed into cells (see cellValues.ts). */
export const FIRST_LABEL = 32;
const WIDTH = 256;
const FADE_MS = 140;
const MARGIN_PX = 6;
const GAP_PX = 3;

export class LabelLayer {
  /** Letters in use by labels; what is printed into cells comes after them. */
  letters = 0;
  private labels: readonly Label[] = [];
  private order: number[] = [];
  private widths = new Float32Array(0);
  private targets = new Float32Array(0);
  private declutter = new Declutter(0);
  private readonly shownGroups = new Set<number>();

  constructor(
    private readonly glyphs: GlyphMesh,
    /** Shared with the shaders, which see it change. */
    readonly state: { value: DataTexture },
  ) {}

  set(labels: readonly Label[]): void {
    const before = this.state.value.image.data as Float32Array;
    const alphas = new Map(
      this.labels.map((label, i) => [keyOf(label), before[(FIRST_LABEL + i) * 4]!]),
    );
    this.labels = labels;
    this.order = labels.map((_, i) => i).sort((a, b) => labels[a]!.priority - labels[b]!.priority);
    this.widths = Float32Array.from(labels, (label) => this.glyphs.atlas.width(label.text));
    this.targets = Float32Array.from(labels, (label) =>
      (alphas.get(keyOf(label)) ?? 0) > 0 ? 1 : 0,
    );
    this.declutter = new Declutter(labels.length);
    const rows = Math.ceil((FIRST_LABEL + labels.length) / WIDTH);
    if (this.state.value.image.height < rows) {
      this.state.value.dispose();
      this.state.value = stateTexture(rows);
    }
    labels.forEach((label, i) =>
      this.put(FIRST_LABEL + i, alphas.get(keyOf(label)) ?? 0, LAYOUT_PX),
    );
    this.glyphs.reserve(labels.reduce((sum, label) => sum + label.text.length, 0) + 512);
    this.rewrite();
  }

  /** Write all letters of labels again; what stands after them is gone. */
  rewrite(): void {
    let at = 0;
    this.labels.forEach((label, i) => {
      at = this.glyphs.write({ ...label, label: FIRST_LABEL + i }, at);
    });
    this.letters = at;
    this.glyphs.commit(at);
  }

  /** Numbers of one state; `scale` is for letters laid out for LAYOUT_PX. */
  put(state: number, alpha: number, px: number, shiftX = 0, shiftY = 0): void {
    const data = this.state.value.image.data as Float32Array;
    data[state * 4] = alpha;
    data[state * 4 + 1] = px / LAYOUT_PX;
    data[state * 4 + 2] = shiftX;
    data[state * 4 + 3] = shiftY;
  }

  /** Place all labels. `elapsedMs` since the last time fades them; true: some still change. */
  update(
    projector: Projector,
    insets: Insets,
    blocks: readonly Block[],
    elapsedMs: number,
  ): boolean {
    const data = this.state.value.image.data as Float32Array;
    const step = elapsedMs / FADE_MS;
    let isFading = false;
    this.declutter.clear();
    this.shownGroups.clear();
    for (const i of this.order) {
      const label = this.labels[i]!;
      const wasShown = this.targets[i]! > 0;
      const isShown = this.place(label, i, wasShown, projector, insets, blocks);
      this.targets[i] = isShown ? 1 : 0;
      const at = (FIRST_LABEL + i) * 4;
      const alpha = data[at]!;
      const next = isShown ? Math.min(alpha + step, 1) : Math.max(alpha - step, 0);
      data[at] = next;
      if (next !== (isShown ? 1 : 0)) isFading = true;
      // One that fades away stays where it was seen last, rather than jump.
    }
    this.state.value.needsUpdate = true;
    return isFading;
  }

  dispose(): void {
    this.state.value.dispose();
  }

  private place(
    label: Label,
    i: number,
    wasShown: boolean,
    projector: Projector,
    insets: Insets,
    blocks: readonly Block[],
  ): boolean {
    const { anchor, span, size, align, group } = label;
    if (group !== undefined && this.shownGroups.has(group)) return false;
    if (!projector.project(anchor[0], anchor[1], anchor[2])) return false;
    const anchorX = projector.x;
    const anchorY = projector.y;
    let px: number;
    if ("px" in size) px = size.px;
    else {
      px = (size.cells * projector.focal) / projector.w;
      if (px < size.leastPx * (wasShown ? 0.95 : 1)) return false;
      px = Math.min(px, size.mostPx);
    }
    const width = this.widths[i]! * px;
    const height = LINE * px;
    const left = insets.left + MARGIN_PX;
    const top = insets.top + MARGIN_PX;
    const right = projector.width - insets.right - MARGIN_PX;
    const bottom = projector.height - insets.bottom - MARGIN_PX;

    let x = anchorX;
    let y = anchorY;
    if (span !== undefined) {
      if (!projector.project(span.from[0], span.from[1], span.from[2])) return false;
      const fromX = projector.x;
      const fromY = projector.y;
      if (!projector.project(span.to[0], span.to[1], span.to[2])) return false;
      const toX = projector.x;
      const toY = projector.y;
      const length = Math.hypot(toX - fromX, toY - fromY);
      const play = wasShown ? 0.92 : 1;
      if (length < span.leastPx * play || length * play > (span.mostPx ?? Infinity)) return false;
      if (span.slides) {
        // The piece of the line that is in view, as shares of its length.
        let low = 0;
        let high = 1;
        for (let side = 0; side < 2; side++) {
          const from = side === 0 ? fromX : fromY;
          const change = (side === 0 ? toX : toY) - from;
          const least = side === 0 ? left + width * align[0] : top + height * align[1];
          const most =
            side === 0 ? right - width * (1 - align[0]) : bottom - height * (1 - align[1]);
          if (Math.abs(change) < 1e-6) continue;
          const a = (least - from) / change;
          const b = (most - from) / change;
          low = Math.max(low, Math.min(a, b));
          high = Math.min(high, Math.max(a, b));
        }
        const at = Math.min(Math.max(0.5, low), Math.max(high, low));
        if (at >= 0 && at <= 1) {
          x = fromX + (toX - fromX) * at;
          y = fromY + (toY - fromY) * at;
        }
      }
      if (span.over !== undefined) {
        const least = top + height * align[1] - label.shift[1];
        if (y < least && projector.project(span.over[0], span.over[1], span.over[2])) {
          if (projector.y > least + height * 2) y = least;
        }
      }
    }
    x += label.shift[0];
    y += label.shift[1];
    const boxLeft = x - width * align[0];
    const boxTop = y - height * align[1];
    if (boxLeft < left - MARGIN_PX || boxLeft + width > right + MARGIN_PX) return false;
    if (boxTop < top - MARGIN_PX || boxTop + height > bottom + MARGIN_PX) return false;
    const boxRight = boxLeft + width;
    const boxBottom = boxTop + height;
    const slack = wasShown ? GAP_PX : 0;
    if (!this.declutter.fits(boxLeft - GAP_PX, boxTop, boxRight + GAP_PX, boxBottom, slack)) {
      return false;
    }
    if (label.avoidsBlocks) {
      const middle = (boxTop + boxBottom) / 2;
      for (const at of [boxLeft, (boxLeft + boxRight) / 2, boxRight]) {
        if (isHidden(blocks, projector.rayThrough(at, middle), Infinity)) return false;
      }
    } else if (!label.isAlwaysOnTop) {
      const ray = projector.rayTo(anchor[0], anchor[1], anchor[2]);
      if (isHidden(blocks, ray, 0.998)) return false;
    }
    if (group !== undefined) this.shownGroups.add(group);
    this.declutter.add(boxLeft - GAP_PX, boxTop, boxRight + GAP_PX, boxBottom);
    const data = this.state.value.image.data as Float32Array;
    const at = (FIRST_LABEL + i) * 4;
    data[at + 1] = px / LAYOUT_PX;
    data[at + 2] = x - anchorX;
    data[at + 3] = y - anchorY;
    return true;
  }
}

/** Labels that stay the same when others are set anew stay as visible as they were. */
function keyOf({ text, anchor }: Label): string {
  return `${text}@${anchor.join()}`;
}

/** Four numbers for each label, `WIDTH` labels in a row. */
export function stateTexture(rows = 1): DataTexture {
  const data = new Float32Array(WIDTH * rows * 4);
  const texture = new DataTexture(data, WIDTH, rows, RGBAFormat, FloatType);
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  return texture;
}
