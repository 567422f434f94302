/** All ribbons as one draw: flat, quiet, behind the cells; the residual stream is the strongest. */
import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DoubleSide,
  GLSL3,
  Mesh,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  SrcAlphaFactor,
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
out vec2 toBorder;
out vec4 hue;
void main() {
  toBorder = borders;
  hue = tint;
  gl_Position = place(position);
}
`;

const fragmentShader = /* glsl */ `
${HEAD}
uniform float dim;
in vec2 toBorder;
in vec4 hue;
out vec4 colour;
void main() {
  vec2 perPx = max(fwidth(toBorder), vec2(1e-4));
  vec2 px = toBorder / perPx;
  float border = clamp(1.4 - min(px.x, px.y), 0.0, 1.0);
  float widthPx = (toBorder.x + toBorder.y) / max(perPx.x, perPx.y);
  // Too thin for a border of its own: all border.
  border = mix(1.0, border, clamp(widthPx * 0.2 - 0.4, 0.0, 1.0));
  colour = vec4(hue.rgb, hue.a * mix(1.0, 1.7, border) * (1.0 - dim));
}
`;

export class BandMesh {
  readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  private readonly corners: readonly number[];

  constructor(
    private readonly bands: readonly Band[],
    { toClip }: Stage,
  ) {
    const positions: number[] = [];
    const borders: number[] = [];
    const triangles: number[] = [];
    const corners: number[] = [];
    // The residual stream last: where it crosses others, it lies on top of them.
    this.bands = [...bands].sort((a, b) => Number(isResidual(a)) - Number(isResidual(b)));
    for (const band of this.bands) {
      const first = positions.length / 3;
      const ribbon = ribbonOf(band);
      positions.push(...ribbon.positions);
      borders.push(...ribbon.borders);
      triangles.push(...ribbon.triangles.map((corner) => corner + first));
      corners.push(ribbon.positions.length / 3);
    }
    this.corners = corners;
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(new Float32Array(positions), 3));
    geometry.setAttribute("borders", new BufferAttribute(new Float32Array(borders), 2));
    const tint = new Uint8Array((positions.length / 3) * 4);
    geometry.setAttribute("tint", new BufferAttribute(tint, 4, true));
    geometry.setIndex(triangles);
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: { toClip, dim: { value: 0 } },
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
  }

  setDim(amount: number): void {
    this.mesh.material.uniforms["dim"]!.value = amount;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

function isResidual(band: Band): boolean {
  return band.role === "residual";
}

function colourOf(band: Band, theme: Theme): [Rgb, number] {
  if (isResidual(band)) return [rgb(theme.residual), 0.58];
  const ramp = theme.roles[band.role as Role] ?? theme.roles.activation;
  return [mix(rgb(ramp.zero), rgb(ramp.ink), 0.25), theme.name === "dark" ? 0.34 : 0.26];
}
