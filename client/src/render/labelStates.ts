/**
 * What the shaders of text and of rulers know of each label: how much of it is seen, how large, and how
 * far it is from its anchor. Four numbers each in a small texture, sent only when some have changed.
 */
import { DataTexture, FloatType, NearestFilter, RGBAFormat } from "three";
import { LAYOUT_PX } from "./glyphMesh";
import { Segments } from "./segments";

/** States before this one belong to numbers printed into cells (see cellValues.ts). */
export const LAST_PRINTED = 32;
/** What is shown with this one is never seen. */
export const HIDDEN = LAST_PRINTED;
const FIRST_LABEL = HIDDEN + 1;
const WIDTH = 256;

export class LabelStates {
  /** Shared with the shaders, which see it change. */
  readonly texture = { value: textureOf(1) };
  private readonly segments = new Segments(FIRST_LABEL);

  /** States for `count` labels, none of them seen; returns the first. */
  take(count: number): number {
    const first = this.segments.take(count);
    const rows = Math.ceil(this.segments.end / WIDTH);
    const { data, height } = this.texture.value.image as { data: Float32Array; height: number };
    if (rows > height) {
      const grown = textureOf(Math.ceil(rows * 1.5));
      (grown.image.data as Float32Array).set(data);
      this.texture.value.dispose();
      this.texture.value = grown;
      grown.needsUpdate = true;
    }
    return first;
  }

  give(first: number, count: number): void {
    for (let state = first; state < first + count; state++) this.setAlpha(state, 0);
    this.segments.give(first, count);
  }

  alpha(state: number): number {
    return (this.texture.value.image.data as Float32Array)[state * 4]!;
  }

  setAlpha(state: number, alpha: number): void {
    const data = this.texture.value.image.data as Float32Array;
    if (data[state * 4] === alpha) return;
    data[state * 4] = alpha;
    this.texture.value.needsUpdate = true;
  }

  /** Numbers of one state; `px` is the height of its letters, `play` by how much a shift may be off. */
  put(state: number, alpha: number, px: number, shiftX = 0, shiftY = 0, play = 0.02): void {
    const data = this.texture.value.image.data as Float32Array;
    const at = state * 4;
    const scale = px / LAYOUT_PX;
    if (
      data[at] === alpha &&
      Math.abs(data[at + 1]! - scale) < 1e-3 &&
      Math.abs(data[at + 2]! - shiftX) < play &&
      Math.abs(data[at + 3]! - shiftY) < play
    ) {
      return;
    }
    data[at] = alpha;
    data[at + 1] = scale;
    data[at + 2] = shiftX;
    data[at + 3] = shiftY;
    this.texture.value.needsUpdate = true;
  }

  dispose(): void {
    this.texture.value.dispose();
  }
}

/** Four numbers for each label, `WIDTH` labels in a row. */
function textureOf(rows: number): DataTexture {
  const texture = new DataTexture(
    new Float32Array(WIDTH * rows * 4),
    WIDTH,
    rows,
    RGBAFormat,
    FloatType,
  );
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  return texture;
}
