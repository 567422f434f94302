/** How cells are drawn: the programs of their mesh, each made when it is first needed, and what these share. */
import { GLSL3, RawShaderMaterial, type Texture, Vector3 } from "three";
import type { Ramp, Theme } from "../theme/palette";
import { cellFragment, cellVertex } from "./cellShader";
import { type Rgb, rgb } from "./colour";
import type { Stage } from "./stage";

/** In this order in the shader. */
export const ROLES = ["input", "weight", "activation", "statistic"] as const;
const ENDS = ["negative", "zero", "positive", "ink"] as const satisfies readonly (keyof Ramp)[];

export interface Variant {
  /** Cells are so large on the screen that figures, lines and marks can be seen. */
  readonly isNear: boolean;
  /** A chapter does something to slabs. */
  readonly isStaged: boolean;
  /** Some cells are held in pages: see scene/pages.ts. */
  readonly isPaged: boolean;
}

export class CellPrograms {
  private readonly uniforms;
  private readonly materials = new Map<string, RawShaderMaterial>();

  constructor(heap: { value: Texture }, { ratio, toClip, origin }: Stage) {
    // One array for all roles, which is handed on as it is.
    const colours = (): Float32Array => new Float32Array(ROLES.length * 3);
    this.uniforms = {
      heap,
      negative: { value: colours() },
      zero: { value: colours() },
      positive: { value: colours() },
      ink: { value: colours() },
      background: { value: new Vector3() },
      empty: { value: new Vector3() },
      warning: { value: new Vector3() },
      night: { value: 0 },
      dim: { value: 0 },
      ratio,
      toClip,
      origin,
    };
  }

  setTheme(theme: Theme): void {
    const { uniforms } = this;
    const set = (vector: Vector3, [r, g, b]: Rgb): void => void vector.set(r, g, b);
    for (const end of ENDS) {
      ROLES.forEach((role, i) => uniforms[end].value.set(rgb(theme.roles[role][end]), i * 3));
    }
    set(uniforms.background.value, rgb(theme.background));
    set(uniforms.empty.value, rgb(theme.empty));
    set(uniforms.warning.value, rgb(theme.highlight));
    uniforms.night.value = theme.name === "dark" ? 1 : 0;
  }

  setDim(amount: number): void {
    this.uniforms.dim.value = amount;
  }

  has(variant: Variant): boolean {
    return this.materials.has(keyOf(variant));
  }

  of(variant: Variant): RawShaderMaterial {
    const key = keyOf(variant);
    let material = this.materials.get(key);
    if (material === undefined) {
      const defines = Object.fromEntries(definesOf(variant).map((name) => [name, ""]));
      material = new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: cellVertex,
        fragmentShader: cellFragment,
        uniforms: this.uniforms,
        defines,
      });
      this.materials.set(key, material);
    }
    return material;
  }

  dispose(): void {
    for (const material of this.materials.values()) material.dispose();
  }
}

function definesOf({ isNear, isStaged, isPaged }: Variant): string[] {
  return [
    ...(isNear ? ["NEAR"] : []),
    ...(isStaged ? ["STAGED"] : []),
    ...(isPaged ? ["PAGED"] : []),
  ];
}

function keyOf(variant: Variant): string {
  return definesOf(variant).join();
}
