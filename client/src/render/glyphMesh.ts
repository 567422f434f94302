/** All text in one draw: an instance is one letter, placed on the screen beside a point of the scene. */
import {
  GLSL3,
  InstancedBufferGeometry,
  Mesh,
  RawShaderMaterial,
  type Texture,
  Vector3,
} from "three";
import type { Theme } from "../theme/palette";
import type { Atlas } from "./atlas";
import { putBytes, type Rgb, rgb } from "./colour";
import { HEAD, PLACE } from "./glsl";
import { Instances, QUAD } from "./instances";
import type { Stage } from "./stage";

/** Letters are laid out for this size; the state of a label scales them. */
export const LAYOUT_PX = 16;
const FINE = 32;

const vertexShader = /* glsl */ `
${HEAD}
${PLACE}
uniform sampler2D state;     // alpha, scale, shift right and down in CSS pixels
uniform vec2 viewport;       // CSS pixels
uniform float ratio;
in vec2 position;
in vec3 anchor;
in vec4 rect;
in vec4 texels;
in vec4 tint;
in vec2 info;                // label, weight
out vec2 uv;
flat out vec4 hue;
flat out float texelsPerPx;  // device pixels
flat out float weight;
void main() {
  int label = int(info.x);
  vec4 now = texelFetch(state, ivec2(label & 255, label >> 8), 0);
  vec4 p = place(anchor);
  if (now.r < 0.01 || p.w < 0.001) { gl_Position = vec4(0.0, 0.0, 2.0, 1.0); return; }
  vec2 pen = (p.xy / p.w * vec2(0.5, -0.5) + 0.5) * viewport + now.zw;
  // Pens on whole device pixels, so that upright strokes are crisp.
  pen = floor(pen * ratio + 0.5) / ratio;
  vec4 px = rect * (now.g / ${FINE}.0);
  vec2 xy = pen + px.xy + position * px.zw;
  uv = texels.xy + position * texels.zw;
  hue = vec4(tint.rgb, tint.a * now.r);
  weight = info.y / 255.0;
  texelsPerPx = texels.z / max(px.z * ratio, 0.01);
  gl_Position = vec4((xy / viewport * 2.0 - 1.0) * vec2(1.0, -1.0), 0.0, 1.0);
}
`;

const fragmentShader = /* glsl */ `
${HEAD}
uniform sampler2D atlas;
uniform float radius;
uniform float ratio;
uniform vec3 halo;
uniform float dim;
in vec2 uv;
flat in vec4 hue;
flat in float texelsPerPx;
flat in float weight;
out vec4 colour;
void main() {
  float field = texture(atlas, uv / ${1024}.0).r;
  float perPx = texelsPerPx / radius;
  float edge = 0.75 - weight * 0.10;
  float soft = 0.55 * perPx;
  float body = smoothstep(edge - soft, edge + soft, field);
  float ring = smoothstep(edge - perPx * ratio * 2.6, edge - perPx * ratio * 0.6, field);
  float alpha = max(body, ring * 0.88);
  if (alpha < 0.01) discard;
  colour = vec4(mix(halo, hue.rgb, body), alpha * hue.a * (1.0 - dim));
}
`;

const FIELDS = {
  anchor: { kind: "float", items: 3 },
  rect: { kind: "short", items: 4 },
  texels: { kind: "unsigned", items: 4 },
  tint: { kind: "colour", items: 4 },
  info: { kind: "unsigned", items: 2 },
} as const;

export interface Run {
  readonly text: string;
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

export class GlyphMesh {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  private readonly instances: Instances<keyof typeof FIELDS>;

  constructor(
    readonly atlas: Atlas,
    stage: Stage,
    state: { value: Texture },
  ) {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: {
        state,
        viewport: stage.viewport,
        ratio: stage.ratio,
        toClip: stage.toClip,
        origin: stage.origin,
        atlas: { value: atlas.texture },
        radius: { value: atlas.radius },
        halo: { value: new Vector3() },
        dim: { value: 0 },
      },
      transparent: true,
      depthTest: false,
      depthWrite: false,
    });
    this.mesh = new Mesh(new InstancedBufferGeometry(), material);
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
    this.instances = new Instances(this.mesh, QUAD, FIELDS);
  }

  setTheme(theme: Theme): void {
    const [r, g, b] = rgb(theme.background);
    this.mesh.material.uniforms["halo"]!.value.set(r, g, b);
  }

  /** Room for `letters` letters. True: what was written before is lost. */
  reserve(letters: number): boolean {
    return this.instances.reserve(letters);
  }

  /** Lay the run out from instance `at` on; returns the instance after its last. */
  write(run: Run, at: number): number {
    const anchor = this.instances.array("anchor") as Float32Array;
    const rect = this.instances.array("rect") as Int16Array;
    const texels = this.instances.array("texels") as Uint16Array;
    const tint = this.instances.array("tint") as Uint8Array;
    const info = this.instances.array("info") as Uint16Array;
    let pen = -run.align[0] * this.atlas.width(run.text);
    const baseline = ASCENT - run.align[1] * LINE;
    const unit = LAYOUT_PX * FINE;
    for (const letter of run.text) {
      const glyph = this.atlas.glyph(letter);
      if (glyph.width > 0) {
        anchor.set(run.anchor, at * 3);
        rect[at * 4] = Math.round((pen + glyph.left) * unit);
        rect[at * 4 + 1] = Math.round((baseline + glyph.top) * unit);
        rect[at * 4 + 2] = Math.round((glyph.width / this.atlas.em) * unit);
        rect[at * 4 + 3] = Math.round((glyph.height / this.atlas.em) * unit);
        texels[at * 4] = glyph.x;
        texels[at * 4 + 1] = glyph.y;
        texels[at * 4 + 2] = glyph.width;
        texels[at * 4 + 3] = glyph.height;
        putBytes(tint, at * 4, run.colour, run.alpha ?? 1);
        info[at * 2] = run.label;
        info[at * 2 + 1] = Math.round(run.weight * 255);
        at += 1;
      }
      pen += glyph.advance;
    }
    return at;
  }

  commit(count: number, from = 0): void {
    this.instances.commit(count, from);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
