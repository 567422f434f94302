/** All text of the scene: the letters, the labels, and the numbers in cells, in two draws of one material. */
import type { RawShaderMaterial } from "three";
import { breath } from "../bundle/breath";
import type { Theme } from "../theme/palette";
import { Atlas } from "./atlas";
import { GlyphMesh } from "./glyphMesh";
import { glyphMaterial, setHalo } from "./glyphShader";
import { LabelLayer } from "./labelLayer";
import { LabelStates } from "./labelStates";
import type { Stage } from "./stage";

/** Letters that nearly every label has; the others are drawn as they are met. */
const LETTERS = "abcdefghiklmnopqrstuvwxyABCDEHKLMNOPQRSTVW0123456789 .-−";
/** Letters are drawn for so long, then the page has its turn. */
const SLICE_MS = 10;

export class Lettering {
  readonly labels: LabelLayer;
  /** The numbers in cells, which are drawn before the labels. */
  readonly printed: GlyphMesh;
  private readonly atlas: Atlas;
  private readonly material: RawShaderMaterial;
  private readonly glyphs: GlyphMesh;

  constructor(stage: Stage) {
    this.atlas = new Atlas(stage.ratio.value);
    const states = new LabelStates();
    this.material = glyphMaterial(this.atlas, stage, states.texture);
    this.printed = new GlyphMesh(this.atlas, this.material);
    this.glyphs = new GlyphMesh(this.atlas, this.material);
    this.labels = new LabelLayer(this.glyphs, states);
  }

  /** Draw the letters that will be needed; stops when it is not `isWanted` any more. */
  async prepare(isWanted: () => boolean): Promise<void> {
    let start = performance.now();
    for (const letter of LETTERS) {
      this.atlas.glyph(letter);
      if (performance.now() - start < SLICE_MS) continue;
      await breath();
      if (!isWanted()) return;
      start = performance.now();
    }
  }

  setTheme(theme: Theme): void {
    setHalo(this.material, theme);
  }

  dispose(): void {
    this.printed.dispose();
    this.glyphs.dispose();
    this.material.dispose();
    this.labels.states.dispose();
    this.atlas.dispose();
  }
}
