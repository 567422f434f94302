/** Signed distance fields of letters in one texture, made from the fonts of the system as they are needed. */
import TinySDF from "@mapbox/tiny-sdf";
import { DataTexture, LinearFilter, RedFormat, UnsignedByteType } from "three";

export interface Glyph {
  /** Place in the texture, in texels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** From the pen to the left and top of the picture, and to the next pen, in ems; y runs down. */
  readonly left: number;
  readonly top: number;
  readonly advance: number;
}

const FAMILY = 'Inter, "Segoe UI", "Helvetica Neue", Arial, "Noto Sans", system-ui, sans-serif';
const SIDE = 1024;
/** Ems between letters, beyond what the font has: small letters with a halo run together. */
const TRACKING = 0.018;

export class Atlas {
  readonly texture: DataTexture;
  /** Texels that the distance field reaches over, for the shader. */
  readonly radius: number;
  /** Texels of one em. */
  readonly em: number;
  private readonly sdf: TinySDF;
  private readonly buffer: number;
  private readonly glyphs = new Map<string, Glyph>();
  private x = 0;
  private y = 0;
  private line = 0;

  /** `ratio`: device pixels per CSS pixel. */
  constructor(ratio: number) {
    this.em = ratio > 1.25 ? 40 : 24;
    this.buffer = Math.round(this.em * 0.25);
    this.radius = Math.round(this.em * 0.34);
    this.sdf = new TinySDF({
      fontSize: this.em,
      buffer: this.buffer,
      radius: this.radius,
      cutoff: 0.25,
      fontFamily: FAMILY,
      fontWeight: "500",
    });
    this.texture = new DataTexture(
      new Uint8Array(SIDE * SIDE),
      SIDE,
      SIDE,
      RedFormat,
      UnsignedByteType,
    );
    this.texture.minFilter = LinearFilter;
    this.texture.magFilter = LinearFilter;
    this.texture.unpackAlignment = 1;
    this.texture.needsUpdate = true;
  }

  /** The glyph of a letter; a blank of the same width when the texture is full. */
  glyph(letter: string): Glyph {
    let glyph = this.glyphs.get(letter);
    if (glyph === undefined) this.glyphs.set(letter, (glyph = this.draw(letter)));
    return glyph;
  }

  /** Width of a text in ems. */
  width(text: string): number {
    let width = 0;
    for (const letter of text) width += this.glyph(letter).advance;
    return width;
  }

  dispose(): void {
    this.texture.dispose();
  }

  private draw(letter: string): Glyph {
    const { data, width, height, glyphTop, glyphLeft, glyphAdvance, glyphWidth } =
      this.sdf.draw(letter);
    const metrics = {
      left: (glyphLeft - this.buffer) / this.em,
      top: -(glyphTop + this.buffer) / this.em,
      advance: glyphAdvance / this.em + TRACKING,
    };
    if (this.x + width > SIDE) {
      this.x = 0;
      this.y += this.line + 1;
      this.line = 0;
    }
    if (glyphWidth === 0 || this.y + height > SIDE) {
      return { ...metrics, x: 0, y: 0, width: 0, height: 0 };
    }
    const pixels = this.texture.image.data as Uint8Array;
    for (let row = 0; row < height; row++) {
      pixels.set(data.subarray(row * width, (row + 1) * width), (this.y + row) * SIDE + this.x);
    }
    this.texture.needsUpdate = true;
    const glyph = { ...metrics, x: this.x, y: this.y, width, height };
    this.x += width + 1;
    this.line = Math.max(this.line, height);
    return glyph;
  }
}
