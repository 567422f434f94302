/** All ribbons as one draw: flat, quiet, behind the cells; the residual stream is the strongest. */
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
  RGFormat,
  SrcAlphaFactor,
  Vector3,
} from "three";
import type { Band } from "../scene/ribbons";
import type { Role, Theme } from "../theme/palette";
import { ribbonOf } from "./bandGeometry";
import { mix, putBytes, type Rgb, rgb } from "./colour";
import { HEAD, PLACE } from "./glsl";
import type { Stage } from "./stage";

const vertexShader = /* glsl */ `
${HEAD}
${PLACE}
in vec3 position;
in vec2 borders;
in vec4 tint;
in vec2 spot;       // how far along the band, which band
uniform sampler2D state;  // how much of each band is there, and how far a wave has run
out vec2 toBorder;
out vec4 hue;
out float along;
flat out float front;
void main() {
  toBorder = borders;
  int band = int(spot.y);
  vec2 now = texelFetch(state, ivec2(band & 255, band >> 8), 0).rg;
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

export class BandMesh {
  readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  /** Which band a pair of tensors has, as `source>target`. */
  readonly places = new Map<string, number>();
  private readonly corners: readonly number[];
  private readonly state: DataTexture;

  constructor(
    private readonly bands: readonly Band[],
    { toClip }: Stage,
  ) {
    const positions: number[] = [];
    const borders: number[] = [];
    const spots: number[] = [];
    const triangles: number[] = [];
    const corners: number[] = [];
    // The residual stream last: where it crosses others, it lies on top of them.
    this.bands = [...bands].sort((a, b) => Number(isResidual(a)) - Number(isResidual(b)));
    for (const band of this.bands) {
      const first = positions.length / 3;
      const ribbon = ribbonOf(band);
      positions.push(...ribbon.positions);
      borders.push(...ribbon.borders);
      for (const along of ribbon.along) spots.push(along, corners.length);
      triangles.push(...ribbon.triangles.map((corner) => corner + first));
      corners.push(ribbon.positions.length / 3);
    }
    this.corners = corners;
    this.bands.forEach(({ source, target }, i) => this.places.set(`${source}>${target}`, i));
    this.state = stateOf(this.bands.length);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(new Float32Array(positions), 3));
    geometry.setAttribute("borders", new BufferAttribute(new Float32Array(borders), 2));
    geometry.setAttribute("spot", new BufferAttribute(new Float32Array(spots), 2));
    const tint = new Uint8Array((positions.length / 3) * 4);
    geometry.setAttribute("tint", new BufferAttribute(tint, 4, true));
    geometry.setIndex(triangles);
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: {
        toClip,
        dim: { value: 0 },
        state: { value: this.state },
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
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
  }

  setTheme(theme: Theme): void {
    const tint = this.mesh.geometry.getAttribute("tint") as BufferAttribute;
    let at = 0;
    this.bands.forEach((band, i) => {
      const [hue, alpha] = colourOf(band, theme);
      for (let corner = 0; corner < this.corners[i]!; corner++, at += 4) {
        putBytes(tint.array as Uint8Array, at, hue, alpha);
      }
    });
    tint.needsUpdate = true;
    const [r, g, b] = rgb(theme.highlight);
    this.mesh.material.uniforms["wave"]!.value.set(r, g, b);
  }

  /** How much of a band is there, and how far a wave has run along it; whole numbers: none. */
  setState(band: number, presence: number, flow: number): void {
    const data = this.state.image.data as Float32Array;
    if (data[2 * band] === presence && data[2 * band + 1] === flow) return;
    data[2 * band] = presence;
    data[2 * band + 1] = flow;
    this.state.needsUpdate = true;
  }

  /** The tensors that a band joins. */
  ends(band: number): { source: string; target: string } {
    return this.bands[band]!;
  }

  get count(): number {
    return this.bands.length;
  }

  setDim(amount: number): void {
    this.mesh.material.uniforms["dim"]!.value = amount;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.state.dispose();
  }
}

/** Two numbers for each band, 256 bands in a row. */
function stateOf(bands: number): DataTexture {
  const rows = Math.max(1, Math.ceil(bands / 256));
  const data = new Float32Array(256 * rows * 2);
  for (let i = 0; i < data.length; i += 2) data[i] = 1;
  const texture = new DataTexture(data, 256, rows, RGFormat, FloatType);
  texture.internalFormat = "RG32F";
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  texture.needsUpdate = true;
  return texture;
}

function isResidual(band: Band): boolean {
  return band.role === "residual";
}

function colourOf(band: Band, theme: Theme): [Rgb, number] {
  if (isResidual(band)) return [rgb(theme.residual), 0.58];
  const ramp = theme.roles[band.role as Role] ?? theme.roles.activation;
  return [mix(rgb(ramp.zero), rgb(ramp.ink), 0.25), theme.name === "dark" ? 0.34 : 0.26];
}
