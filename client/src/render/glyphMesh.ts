/** All text in one draw: an instance is one letter, placed on the screen beside a point of the scene. */
import { type InstancedBufferGeometry, type Mesh, type RawShaderMaterial } from "three";
import type { Atlas } from "./atlas";
import { putBytes, type Rgb } from "./colour";
import { FINE } from "./glyphShader";
import { Instances, meshOf, QUAD } from "./instances";

/** Letters are laid out for this size; the state of a label scales them. */
export const LAYOUT_PX = 16;

const FIELDS = {
  anchor: { kind: "float", items: 3 },
  rect: { kind: "short", items: 4 },
  texels: { kind: "unsigned", items: 4 },
  tint: { kind: "colour", items: 4 },
  info: { kind: "unsigned", items: 2 },
} as const;

export interface Run {
  readonly text: string;
  /** Ems, where it is known. */
  readonly width?: number;
  readonly anchor: readonly [number, number, number];
  /** Where the anchor is on the text's box: 0 left or top, 1 right or bottom. */
  readonly align: readonly [number, number];
  readonly colour: Rgb;
  readonly alpha?: number;
  /** 0 regular, 1 bold. */
  readonly weight: number;
  /** Place of its state in the texture of states. */
  readonly label: number;
}

/** Ems from the top of the box to the baseline, and the height of the box. */
const ASCENT = 0.76;
export const LINE = 0.98;

/** The colour of the run that is being written. */
const bytes = new Uint8Array(4);

export class GlyphMesh {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  private readonly instances: Instances<keyof typeof FIELDS>;

  constructor(
    readonly atlas: Atlas,
    material: RawShaderMaterial,
  ) {
    this.mesh = meshOf(material);
    this.instances = new Instances(this.mesh, QUAD, FIELDS);
  }

  /** Room for `letters` letters; of those that were written before the first `kept` are kept. */
  reserve(letters: number, kept = 0): void {
    this.instances.reserve(Math.max(letters, kept), kept);
  }

  /** Lay the run out from instance `at` on; returns the instance after its last. */
  write(run: Run, at: number): number {
    const anchor = this.instances.array("anchor") as Float32Array;
    const rect = this.instances.array("rect") as Int16Array;
    const texels = this.instances.array("texels") as Uint16Array;
    const tint = this.instances.array("tint") as Uint8Array;
    const info = this.instances.array("info") as Uint16Array;
    const { atlas } = this;
    let pen = -run.align[0] * (run.width ?? atlas.width(run.text));
    const baseline = ASCENT - run.align[1] * LINE;
    const unit = LAYOUT_PX * FINE;
    const perTexel = unit / atlas.em;
    const weight = Math.round(run.weight * 255);
    const [x, y, z] = run.anchor;
    putBytes(bytes, 0, run.colour, run.alpha ?? 1);
    for (const letter of run.text) {
      const glyph = atlas.glyph(letter);
      if (glyph.width > 0) {
        anchor[at * 3] = x;
        anchor[at * 3 + 1] = y;
        anchor[at * 3 + 2] = z;
        rect[at * 4] = Math.round((pen + glyph.left) * unit);
        rect[at * 4 + 1] = Math.round((baseline + glyph.top) * unit);
        rect[at * 4 + 2] = Math.round(glyph.width * perTexel);
        rect[at * 4 + 3] = Math.round(glyph.height * perTexel);
        texels[at * 4] = glyph.x;
        texels[at * 4 + 1] = glyph.y;
        texels[at * 4 + 2] = glyph.width;
        texels[at * 4 + 3] = glyph.height;
        tint[at * 4] = bytes[0]!;
        tint[at * 4 + 1] = bytes[1]!;
        tint[at * 4 + 2] = bytes[2]!;
        tint[at * 4 + 3] = bytes[3]!;
        info[at * 2] = run.label;
        info[at * 2 + 1] = weight;
        at += 1;
      }
      pen += glyph.advance;
    }
    return at;
  }

  /** Letters that are not seen, for they belong to a state that is not. */
  hide(from: number, to: number, state: number): void {
    const info = this.instances.array("info") as Uint16Array;
    for (let at = from; at < to; at++) info[at * 2] = state;
  }

  commit(count: number, from = 0): void {
    this.instances.commit(count, from);
  }

  /** Letters of a range were written; `count` are drawn from now on. */
  touch(from: number, to: number, count: number): void {
    this.instances.touchAll(from, to, count);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
  }
}
