/**
 * All labels: which are shown, how large and where, decided anew when the camera moves.
 *
 * The letters themselves stay in their buffers. What changes is a small texture with four numbers
 * for each label (alpha, scale, shift right, shift down), which the shaders of text and rulers read.
 */
import { DataTexture, FloatType, NearestFilter, RGBAFormat } from "three";
import type { Block } from "../scene/blocks";
import { Declutter } from "./declutter";
import { type GlyphMesh, LAYOUT_PX } from "./glyphMesh";
import type { Label } from "./label";
import { type Insets, LabelPlacer } from "./labelPlacer";
import { isBehind, isCovered } from "./occlusion";
import type { Standing } from "./standing";
import { plus } from "./vectors";

/** States before this one belong to numbers printed into cells (see cellValues.ts). */
export const FIRST_LABEL = 32;
const WIDTH = 256;
const FADE_MS = 140;
const GAP_PX = 3;
/** While the camera moves, what stands before a label is looked up every so many frames. */
const TURNS = 8;
/** The names of smaller blocks are not worth looking at, in CSS pixels of their longest side. */
const LEAST_BLOCK_PX = 27;

/** The labels of a model, or of a layer of it, in the model's own coordinates. */
export interface Part {
  readonly standing: Standing;
  readonly labels: readonly Label[];
}

export class LabelLayer {
  /** Letters in use by labels; what is printed into cells comes after them. */
  letters = 0;
  /** How much of each block of a model is there, by its id; null: all of each. */
  presence: { readonly of: Standing; readonly blocks: Float32Array } | null = null;
  private parts: readonly Part[] = [];
  private labels: readonly Label[] = [];
  /** The part of each label. */
  private partOf = new Uint16Array(0);
  private order: number[] = [];
  private widths = new Float32Array(0);
  private isShown = new Uint8Array(0);
  private isBlocked = new Uint8Array(0);
  private declutter = new Declutter(0);
  private readonly placer = new LabelPlacer();
  /** For each block of each part when it was last looked at, and whether it is large enough. */
  private readonly sizes = new Map<Block, { frame: number; isLarge: boolean }>();
  private readonly shownGroups = new Set<number>();
  private turn = 0;
  private count = 0;

  constructor(
    private readonly glyphs: GlyphMesh,
    /** Shared with the shaders, which see it change. */
    readonly state: { value: DataTexture },
  ) {}

  /** These labels and no others; returns the state of the first label of each part. */
  set(parts: readonly Part[]): number[] {
    const before = this.state.value.image.data as Float32Array;
    // Labels that stay when others are set anew stay as visible as they were.
    const alphas = new Map(
      this.labels.map((label, i) => [label, before[(FIRST_LABEL + i) * 4]!] as const),
    );
    const alphaOf = (label: Label): number => alphas.get(label) ?? 0;
    const labels = parts.flatMap((part) => part.labels);
    const firsts: number[] = [];
    this.parts = parts;
    this.labels = labels;
    this.partOf = new Uint16Array(labels.length);
    let at = 0;
    parts.forEach(({ labels: own }, part) => {
      firsts.push(FIRST_LABEL + at);
      this.partOf.fill(part, at, (at += own.length));
    });
    this.order = labels.map((_, i) => i).sort((a, b) => labels[a]!.priority - labels[b]!.priority);
    this.widths = Float32Array.from(labels, (label) => this.glyphs.atlas.width(label.text));
    this.isShown = Uint8Array.from(labels, (label) => (alphaOf(label) > 0 ? 1 : 0));
    this.isBlocked = new Uint8Array(labels.length);
    this.declutter = new Declutter(labels.length);
    this.sizes.clear();
    const rows = Math.ceil((FIRST_LABEL + labels.length) / WIDTH);
    const { height } = this.state.value.image;
    if (height < rows || height > 2 * rows) {
      this.state.value.dispose();
      this.state.value = stateTexture(rows);
    }
    labels.forEach((label, i) => this.put(FIRST_LABEL + i, alphaOf(label), LAYOUT_PX));
    this.glyphs.reserve(labels.reduce((sum, label) => sum + label.text.length, 0) + 512);
    this.rewrite();
    return firsts;
  }

  /** Write all letters of labels again; what stands after them is gone. */
  rewrite(): void {
    let at = 0;
    this.labels.forEach((label, i) => {
      const { offset } = this.parts[this.partOf[i]!]!.standing;
      const anchor = plus(label.anchor, offset);
      at = this.glyphs.write({ ...label, anchor, label: FIRST_LABEL + i }, at);
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

  /**
   * Place all labels. `elapsedMs` since the last time fades them; true: some still change. `all`: the
   * models that labels may be hidden by.
   */
  update(all: readonly Standing[], insets: Insets, elapsedMs: number, isAtRest: boolean): boolean {
    const { placer } = this;
    const data = this.state.value.image.data as Float32Array;
    const step = elapsedMs / FADE_MS;
    let isFading = false;
    this.turn = (this.turn + 1) % TURNS;
    this.count += 1;
    this.declutter.clear();
    this.shownGroups.clear();
    placer.setInsets(insets);
    for (const i of this.order) {
      const isShown = this.isPlaced(i, all, isAtRest);
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

  private isPlaced(i: number, all: readonly Standing[], isAtRest: boolean): boolean {
    const label = this.labels[i]!;
    const part = this.partOf[i]!;
    const { standing } = this.parts[part]!;
    const { placer, declutter, shownGroups, presence } = this;
    if (label.block !== undefined) {
      const block = standing.blocks[label.block]!;
      if (presence?.of === standing && presence.blocks[label.block]! < 0.5) return false;
      if (label.isOfBlock && !this.isLarge(block, standing)) return false;
    }
    const wasShown = this.isShown[i]! > 0;
    const group = label.group === undefined ? null : label.group * 4096 + part;
    if (group !== null && shownGroups.has(group)) return false;
    placer.begin(standing.projector);
    if (!placer.place(label, this.widths[i]!, wasShown)) return false;
    const { left, top, right, bottom } = placer;
    const slack = wasShown ? GAP_PX : 0;
    if (!declutter.fits(left - GAP_PX, top, right + GAP_PX, bottom, slack)) return false;
    if (isAtRest || i % TURNS === this.turn) {
      this.isBlocked[i] = isBlocked(label, placer, standing, all) ? 1 : 0;
    }
    if (this.isBlocked[i]! > 0) return false;
    if (group !== null) shownGroups.add(group);
    declutter.add(left - GAP_PX, top, right + GAP_PX, bottom);
    return true;
  }

  /** Whether the names and rulers of a block are worth placing; asked once in a frame. */
  private isLarge(block: Block, { projector }: Standing): boolean {
    let size = this.sizes.get(block);
    if (size === undefined) this.sizes.set(block, (size = { frame: 0, isLarge: false }));
    if (size.frame !== this.count) {
      size.frame = this.count;
      size.isLarge = projector.sideOf(block) > LEAST_BLOCK_PX;
    }
    return size.isLarge;
  }
}

/** Whether a block stands before the label's anchor, or behind a label that must not cover any. */
function isBlocked(
  { anchor, avoidsBlocks, isAlwaysOnTop }: Label,
  { left, top, right, bottom, cellPx }: LabelPlacer,
  standing: Standing,
  all: readonly Standing[],
): boolean {
  const avoids =
    typeof avoidsBlocks === "object" ? cellPx < avoidsBlocks.belowPx : avoidsBlocks === true;
  if (avoids) {
    const middle = (top + bottom) / 2;
    for (let part = 0; part < 3; part++) {
      if (isCovered(all, left + ((right - left) * part) / 2, middle)) return true;
    }
    return false;
  }
  return isAlwaysOnTop !== true && isBehind(all, standing, anchor, 0.998);
}

/** Four numbers for each label, `WIDTH` labels in a row. */
export function stateTexture(rows = 1): DataTexture {
  const data = new Float32Array(WIDTH * rows * 4);
  const texture = new DataTexture(data, WIDTH, rows, RGBAFormat, FloatType);
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  return texture;
}
