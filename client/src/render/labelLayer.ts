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
import { type GlyphMesh, LAYOUT_PX } from "./glyphMesh";
import type { Label } from "./label";
import { type Insets, LabelPlacer } from "./labelPlacer";
import type { Projector } from "./projector";

/** States before this one belong to numbers printed into cells (see cellValues.ts). */
export const FIRST_LABEL = 32;
const WIDTH = 256;
const FADE_MS = 140;
const GAP_PX = 3;
/** While the camera moves, what stands before a label is looked up every so many frames. */
const TURNS = 8;

export class LabelLayer {
  /** Letters in use by labels; what is printed into cells comes after them. */
  letters = 0;
  /** How much of each block is there, by its id; null: all of each. */
  presence: Float32Array | null = null;
  private labels: readonly Label[] = [];
  private order: number[] = [];
  private widths = new Float32Array(0);
  private isShown = new Uint8Array(0);
  private isBlocked = new Uint8Array(0);
  private declutter = new Declutter(0);
  private readonly placer = new LabelPlacer();
  private readonly shownGroups = new Set<number>();
  private turn = 0;

  constructor(
    private readonly glyphs: GlyphMesh,
    /** Shared with the shaders, which see it change. */
    readonly state: { value: DataTexture },
  ) {}

  set(labels: readonly Label[]): void {
    const before = this.state.value.image.data as Float32Array;
    // Labels that stay the same when others are set anew stay as visible as they were.
    const alphas = new Map(
      this.labels.map((label, i) => [keyOf(label), before[(FIRST_LABEL + i) * 4]!]),
    );
    const alphaOf = (label: Label): number => alphas.get(keyOf(label)) ?? 0;
    this.labels = labels;
    this.order = labels.map((_, i) => i).sort((a, b) => labels[a]!.priority - labels[b]!.priority);
    this.widths = Float32Array.from(labels, (label) => this.glyphs.atlas.width(label.text));
    this.isShown = Uint8Array.from(labels, (label) => (alphaOf(label) > 0 ? 1 : 0));
    this.isBlocked = new Uint8Array(labels.length);
    this.declutter = new Declutter(labels.length);
    const rows = Math.ceil((FIRST_LABEL + labels.length) / WIDTH);
    if (this.state.value.image.height < rows) {
      this.state.value.dispose();
      this.state.value = stateTexture(rows);
    }
    labels.forEach((label, i) => this.put(FIRST_LABEL + i, alphaOf(label), LAYOUT_PX));
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

  /** Numbers of one state; `px` is the height of its letters. */
  put(state: number, alpha: number, px: number, shiftX = 0, shiftY = 0): void {
    const data = this.state.value.image.data as Float32Array;
    const at = state * 4;
    const scale = px / LAYOUT_PX;
    if (
      data[at] === alpha &&
      Math.abs(data[at + 1]! - scale) < 1e-3 &&
      Math.abs(data[at + 2]! - shiftX) < 0.02 &&
      Math.abs(data[at + 3]! - shiftY) < 0.02
    ) {
      return;
    }
    data[at] = alpha;
    data[at + 1] = scale;
    data[at + 2] = shiftX;
    data[at + 3] = shiftY;
    this.state.value.needsUpdate = true;
  }

  /** Place all labels. `elapsedMs` since the last time fades them; true: some still change. */
  update(
    projector: Projector,
    insets: Insets,
    blocks: readonly Block[],
    elapsedMs: number,
    isAtRest: boolean,
  ): boolean {
    const { placer } = this;
    const data = this.state.value.image.data as Float32Array;
    const step = elapsedMs / FADE_MS;
    let isFading = false;
    this.turn = (this.turn + 1) % TURNS;
    this.declutter.clear();
    this.shownGroups.clear();
    placer.begin(projector, insets);
    for (const i of this.order) {
      const isShown = this.isPlaced(i, projector, blocks, isAtRest);
      this.isShown[i] = isShown ? 1 : 0;
      const state = FIRST_LABEL + i;
      const alpha = data[state * 4]!;
      if (isShown) {
        const next = Math.min(alpha + step, 1);
        this.put(state, next, placer.px, placer.shiftX, placer.shiftY);
        if (next < 1) isFading = true;
      } else if (alpha > 0) {
        // It fades where it was seen last.
        data[state * 4] = Math.max(alpha - step, 0);
        this.state.value.needsUpdate = true;
        if (alpha > step) isFading = true;
      }
    }
    return isFading;
  }

  /** Whether no label is shown in a rectangle about (x, y), in CSS pixels. */
  isFree(x: number, y: number, halfWidth: number, halfHeight: number): boolean {
    return this.declutter.fits(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, 0);
  }

  dispose(): void {
    this.state.value.dispose();
  }

  private isPlaced(
    i: number,
    projector: Projector,
    blocks: readonly Block[],
    isAtRest: boolean,
  ): boolean {
    const label = this.labels[i]!;
    const { group, block } = label;
    const { placer, declutter, shownGroups, presence } = this;
    if (presence !== null && block !== undefined && presence[block]! < 0.5) return false;
    const wasShown = this.isShown[i]! > 0;
    if (group !== undefined && shownGroups.has(group)) return false;
    if (!placer.place(label, this.widths[i]!, wasShown)) return false;
    const { left, top, right, bottom } = placer;
    const slack = wasShown ? GAP_PX : 0;
    if (!declutter.fits(left - GAP_PX, top, right + GAP_PX, bottom, slack)) return false;
    if (isAtRest || i % TURNS === this.turn) {
      this.isBlocked[i] = isBlocked(label, placer, projector, blocks) ? 1 : 0;
    }
    if (this.isBlocked[i]! > 0) return false;
    if (group !== undefined) shownGroups.add(group);
    declutter.add(left - GAP_PX, top, right + GAP_PX, bottom);
    return true;
  }
}

/** Whether a block stands before the label's anchor, or behind a label that must not cover any. */
function isBlocked(
  { anchor, avoidsBlocks, isAlwaysOnTop }: Label,
  { left, top, right, bottom, cellPx }: LabelPlacer,
  projector: Projector,
  blocks: readonly Block[],
): boolean {
  const avoids =
    typeof avoidsBlocks === "object" ? cellPx < avoidsBlocks.belowPx : avoidsBlocks === true;
  if (avoids) {
    const middle = (top + bottom) / 2;
    for (let part = 0; part < 3; part++) {
      const ray = projector.rayThrough(left + ((right - left) * part) / 2, middle);
      if (isHidden(blocks, ray, Infinity)) return true;
    }
    return false;
  }
  if (isAlwaysOnTop) return false;
  return isHidden(blocks, projector.rayTo(anchor[0], anchor[1], anchor[2]), 0.998);
}

function keyOf({ text, anchor, align }: Label): string {
  return `${text}@${anchor.join()}/${align.join()}`;
}

/** Four numbers for each label, `WIDTH` labels in a row. */
export function stateTexture(rows = 1): DataTexture {
  const data = new Float32Array(WIDTH * rows * 4);
  const texture = new DataTexture(data, WIDTH, rows, RGBAFormat, FloatType);
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  return texture;
}
