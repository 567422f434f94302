/** All ribbons of all models as one draw: flat, quiet, behind the cells; the residual stream is the strongest. */
import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DataTexture,
  DoubleSide,
  FloatType,
  GLSL3,
  Mesh,
  NearestFilter,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  RGBAFormat,
  SrcAlphaFactor,
  Vector3,
} from "three";
import type { Ribbon } from "../scene/ribbons";
import type { Theme } from "../theme/palette";
import { type Outline, outlineOf } from "./bandGeometry";
import type { Vector } from "./camera";
import { mix, type Rgb, rgb } from "./colour";
import { HEAD, PLACE } from "./glsl";
import type { Stage } from "./stage";

/** What has a colour of its own. */
const HUE_ROLES = ["residual", "input", "weight", "activation", "statistic"] as const;
const HUES = HUE_ROLES.length;
/** Numbers in the state of a band. */
const ITEMS = 4;

const vertexShader = /* glsl */ `
${HEAD}
${PLACE}
in vec3 position;
in vec2 borders;
in vec2 spot;       // how far along the band, which band
uniform vec4 hues[${HUES}];
uniform sampler2D state;  // how much of each band is there, how far a wave has run, which hue
out vec2 toBorder;
out vec4 hue;
out float along;
flat out float front;
void main() {
  toBorder = borders;
  int band = int(spot.y);
  vec3 now = texelFetch(state, ivec2(band & 255, band >> 8), 0).rgb;
  vec4 tint = hues[int(now.b)];
  hue = vec4(tint.rgb, tint.a * now.r);
  along = spot.x;
  float run = fract(now.g);
  front = run > 0.0 ? run * 1.4 : -1.0;
  gl_Position = place(position);
}
`;

const fragmentShader = /* glsl */ `
${HEAD}
uniform float dim;
in vec2 toBorder;
in vec4 hue;
in float along;
flat in float front;
uniform vec3 wave;
out vec4 colour;
void main() {
  vec2 perPx = max(fwidth(toBorder), vec2(1e-4));
  vec2 px = toBorder / perPx;
  float border = clamp(1.4 - min(px.x, px.y), 0.0, 1.0);
  float widthPx = (toBorder.x + toBorder.y) / max(perPx.x, perPx.y);
  // Too thin for a border of its own: all border.
  border = mix(1.0, border, clamp(widthPx * 0.2 - 0.4, 0.0, 1.0));
  float crest = front < 0.0 ? 0.0 : smoothstep(front - 0.4, front, along) * step(along, front);
  float alpha = hue.a * mix(1.0, 1.7, border) * (1.0 - dim);
  colour = vec4(mix(hue.rgb, wave, crest * 0.85), mix(alpha, 0.9, crest));
}
`;

/** What is drawn of one model: each shape once, and where it stands. */
export interface Bands {
  readonly ribbons: readonly Ribbon[];
  readonly offset: Vector;
}

export class BandMesh {
  readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  private models: readonly Bands[] = [];
  /** The number of the first band of each model, and of all bands. */
  private firsts: number[] = [];
  private total = 0;
  private state = stateOf(0);

  constructor({ toClip, origin }: Stage) {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: {
        toClip,
        origin,
        dim: { value: 0 },
        state: { value: this.state },
        hues: { value: new Float32Array(HUES * 4) },
        wave: { value: new Vector3() },
      },
      // Not "transparent" to three.js, which would draw it after the cells: ribbons lie under them.
      blending: CustomBlending,
      blendSrc: SrcAlphaFactor,
      blendDst: OneMinusSrcAlphaFactor,
      depthTest: false,
      depthWrite: false,
      side: DoubleSide,
    });
    this.mesh = new Mesh(new BufferGeometry(), material);
    this.mesh.visible = false;
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
  }

  /** Draw the bands of these models and no others; all are there, and none has a wave. */
  set(models: readonly Bands[]): void {
    this.models = models;
    const shapes = models.map(({ ribbons }) => ordered(ribbons).map(shapeOf));
    let corners = 0;
    let indices = 0;
    this.firsts = [];
    this.total = 0;
    for (const { shape, ribbon } of shapes.flat()) {
      corners += (shape.positions.length / 3) * ribbon.places.length;
      indices += shape.triangles.length * ribbon.places.length;
    }
    const positions = new Float32Array(corners * 3);
    const borders = new Float32Array(corners * 2);
    const spots = new Float32Array(corners * 2);
    const triangles = new Uint32Array(indices);
    let corner = 0;
    let index = 0;
    models.forEach(({ offset: [dx, dy, dz] }, m) => {
      this.firsts.push(this.total);
      for (const { shape, ribbon } of shapes[m]!) {
        const count = shape.positions.length / 3;
        for (const { offset } of ribbon.places) {
          for (const each of shape.triangles) triangles[index++] = each + corner;
          borders.set(shape.borders, corner * 2);
          for (let i = 0; i < count; i++, corner++) {
            positions[3 * corner] = shape.positions[3 * i]! + offset.x + dx;
            positions[3 * corner + 1] = shape.positions[3 * i + 1]! + offset.y + dy;
            positions[3 * corner + 2] = shape.positions[3 * i + 2]! + offset.z + dz;
            spots[2 * corner] = shape.along[i]!;
            spots[2 * corner + 1] = this.total;
          }
          this.total += 1;
        }
      }
    });
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    geometry.setAttribute("borders", new BufferAttribute(borders, 2));
    geometry.setAttribute("spot", new BufferAttribute(spots, 2));
    geometry.setIndex(new BufferAttribute(triangles, 1));
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
    this.mesh.visible = corners > 0;
    this.state.dispose();
    this.state = stateOf(this.total);
    this.mesh.material.uniforms["state"]!.value = this.state;
    const data = this.state.image.data as Float32Array;
    this.everyBand((band, { ribbon }) => (data[band * ITEMS + 2] = hueOf(ribbon.role)));
  }

  setTheme(theme: Theme): void {
    const { uniforms } = this.mesh.material;
    HUE_ROLES.forEach((role, i) => {
      const [[r, g, b], alpha] = colourOf(role, theme);
      uniforms["hues"]!.value.set([r, g, b, alpha], i * 4);
    });
    const [r, g, b] = rgb(theme.highlight);
    uniforms["wave"]!.value.set(r, g, b);
  }

  /** The bands of a model, by `source>target`; numbers are those of `setState`. */
  bandsOf(model: number): { readonly source: string; readonly target: string; band: number }[] {
    const found: { source: string; target: string; band: number }[] = [];
    this.everyBand((band, { model: own, place }) => {
      if (own === model) found.push({ source: place.source, target: place.target, band });
    });
    return found;
  }

  /** How much of a band is there, and how far a wave has run along it; whole numbers: none. */
  setState(band: number, presence: number, flow: number): void {
    const data = this.state.image.data as Float32Array;
    const at = ITEMS * band;
    if (data[at] === presence && data[at + 1] === flow) return;
    data[at] = presence;
    data[at + 1] = flow;
    this.state.needsUpdate = true;
  }

  setDim(amount: number): void {
    this.mesh.material.uniforms["dim"]!.value = amount;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.state.dispose();
  }

  private everyBand(
    act: (
      band: number,
      what: { model: number; ribbon: Ribbon; place: Ribbon["places"][number] },
    ) => void,
  ): void {
    this.models.forEach(({ ribbons }, model) => {
      let band = this.firsts[model]!;
      for (const ribbon of ordered(ribbons)) {
        for (const place of ribbon.places) act(band++, { model, ribbon, place });
      }
    });
  }
}

/** The residual stream last: where it crosses others, it lies on top of them. */
function ordered(ribbons: readonly Ribbon[]): Ribbon[] {
  return [...ribbons].sort((a, b) => Number(isResidual(a.role)) - Number(isResidual(b.role)));
}

function shapeOf(ribbon: Ribbon): { ribbon: Ribbon; shape: Outline } {
  return { ribbon, shape: outlineOf(ribbon) };
}

/** Some numbers for each band, 256 bands in a row. */
function stateOf(bands: number): DataTexture {
  const rows = Math.max(1, Math.ceil(bands / 256));
  const data = new Float32Array(256 * rows * ITEMS);
  for (let i = 0; i < data.length; i += ITEMS) data[i] = 1;
  const texture = new DataTexture(data, 256, rows, RGBAFormat, FloatType);
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  texture.needsUpdate = true;
  return texture;
}

function isResidual(role: string): boolean {
  return role === "residual";
}

function hueOf(role: string): number {
  const at = (HUE_ROLES as readonly string[]).indexOf(role);
  return at < 0 ? HUE_ROLES.indexOf("activation") : at;
}

function colourOf(role: (typeof HUE_ROLES)[number], theme: Theme): [Rgb, number] {
  if (role === "residual") return [rgb(theme.residual), 0.58];
  const ramp = theme.roles[role];
  return [mix(rgb(ramp.zero), rgb(ramp.ink), 0.25), theme.name === "dark" ? 0.34 : 0.26];
}
