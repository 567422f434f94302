/** All blocks of the model as one instanced draw: an instance is one slab. */
import {
  BoxGeometry,
  DataTexture,
  FloatType,
  GLSL3,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  NearestFilter,
  RawShaderMaterial,
  RGFormat,
  Vector3,
} from "three";
import type { Block } from "../scene/blocks";
import type { Heap } from "../scene/heap";
import type { Ramp, Theme } from "../theme/palette";
import { cellFragment, cellVertex } from "./cellShader";
import { type Rgb, rgb } from "./colour";
import type { Stage } from "./stage";

const ROLES = ["input", "weight", "activation", "statistic"] as const;

/** Copies of cells that a chapter may have in flight at once. */
export const MOST_COPIES = 32;

export class CellMesh {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  /** How many instances are slabs; copies come after them. */
  readonly slabs: number;
  private readonly texture: DataTexture;
  private readonly uniforms;
  private readonly materials = new Map<string, RawShaderMaterial>();
  private readonly look: InstancedBufferAttribute;
  private readonly involved: InstancedBufferAttribute;
  private isNear = false;
  private isStaged = false;

  constructor(
    private readonly blocks: readonly Block[],
    private readonly heap: Heap,
    { ratio, toClip }: Stage,
  ) {
    const own = blocks.reduce((sum, block) => sum + block.depth.length, 0);
    this.slabs = own;
    const slabs = own + MOST_COPIES;
    const corner = new Float32Array(slabs * 3);
    const size = new Float32Array(slabs * 2);
    const look = new Float32Array(slabs * 4);
    const base = new Uint32Array(slabs);
    for (const block of blocks) {
      const shelf = heap.shelves[block.id]!;
      for (let slab = 0; slab < block.depth.length; slab++) {
        const i = block.firstSlab + slab;
        corner.set([block.x, block.y, block.z + slab * block.pitch], i * 3);
        size.set([block.columns.length, block.rows.length], i * 2);
        look.set([ROLES.indexOf(block.role), 0, shelf.finest, shelf.levels - 1], i * 4);
        base[i] = shelf.base + slab * shelf.stride;
      }
    }
    const box = new BoxGeometry(1, 1, 1).translate(0.5, 0.5, 0.5);
    const geometry = new InstancedBufferGeometry();
    geometry.setIndex(box.index);
    geometry.setAttribute("position", box.getAttribute("position"));
    geometry.setAttribute("normal", box.getAttribute("normal"));
    geometry.setAttribute("corner", new InstancedBufferAttribute(corner, 3));
    geometry.setAttribute("size", new InstancedBufferAttribute(size, 2));
    this.look = new InstancedBufferAttribute(look, 4);
    geometry.setAttribute("look", this.look);
    geometry.setAttribute("base", new InstancedBufferAttribute(base, 1));
    this.involved = new InstancedBufferAttribute(new Float32Array(slabs).fill(1), 1);
    geometry.setAttribute("involved", this.involved);
    geometry.instanceCount = own;

    this.texture = new DataTexture(heap.pairs, heap.width, heap.height, RGFormat, FloatType);
    this.texture.minFilter = NearestFilter;
    this.texture.magFilter = NearestFilter;
    this.texture.internalFormat = "RG32F";

    const colours = (): Vector3[] => ROLES.map(() => new Vector3());
    this.uniforms = {
      heap: { value: this.texture },
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
    };
    this.mesh = new Mesh(geometry, this.material());
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
  }

  setTheme(theme: Theme): void {
    const { uniforms } = this;
    const set = (vector: Vector3, [r, g, b]: Rgb): void => void vector.set(r, g, b);
    for (const end of ENDS) {
      ROLES.forEach((role, i) => set(uniforms[end].value[i]!, rgb(theme.roles[role][end])));
    }
    set(uniforms.background.value, rgb(theme.background));
    set(uniforms.empty.value, rgb(theme.empty));
    set(uniforms.warning.value, rgb(theme.highlight));
    uniforms.night.value = theme.name === "dark" ? 1 : 0;
  }

  /** The heap has new values. */
  update(): void {
    for (const block of this.blocks) {
      const scale = this.heap.scales[block.id]!;
      for (let slab = 0; slab < block.depth.length; slab++) {
        this.look.setY(block.firstSlab + slab, scale > 0 ? 1 / scale : 0);
      }
    }
    this.look.needsUpdate = true;
    this.texture.needsUpdate = true;
  }

  /** Whether cells are so large on the screen that figures, lines and marks can be seen. */
  setNear(isNear: boolean): void {
    if (isNear === this.isNear) return;
    this.isNear = isNear;
    this.mesh.material = this.material();
  }

  /**
   * What a chapter does to each slab, and the copies; null: the picture as it is. See cellShader.ts for
   * what the numbers mean.
   */
  setStaged(attributes: Readonly<Record<string, InstancedBufferAttribute>> | null): void {
    const { geometry } = this.mesh;
    this.isStaged = attributes !== null;
    for (const [name, attribute] of Object.entries(attributes ?? {})) {
      geometry.setAttribute(name, attribute);
    }
    geometry.instanceCount = this.slabs + (this.isStaged ? MOST_COPIES : 0);
    this.mesh.material = this.material();
  }

  /** The attributes of instances that copies set for themselves. */
  get placing(): Readonly<Record<"corner" | "size" | "look" | "base", InstancedBufferAttribute>> {
    const { geometry } = this.mesh;
    const of = (name: string) => geometry.getAttribute(name) as InstancedBufferAttribute;
    return { corner: of("corner"), size: of("size"), look: of("look"), base: of("base") };
  }

  /** Some of the heap has been written. */
  updateHeap(): void {
    this.texture.needsUpdate = true;
  }

  /** Dim every block by `amount` except those that `keep` names. */
  setDim(amount: number, keep: ReadonlySet<number>): void {
    this.uniforms.dim.value = amount;
    if (amount === 0) return;
    for (const block of this.blocks) {
      const value = keep.has(block.id) ? 1 : 0;
      for (let slab = 0; slab < block.depth.length; slab++) {
        this.involved.setX(block.firstSlab + slab, value);
      }
    }
    this.involved.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    for (const material of this.materials.values()) material.dispose();
    this.texture.dispose();
  }

  /** Four programs, each made when it is first needed: from afar and near by, staged or not. */
  private material(): RawShaderMaterial {
    const defines = {
      ...(this.isNear && { NEAR: "" }),
      ...(this.isStaged && { STAGED: "" }),
    };
    const key = Object.keys(defines).join();
    let material = this.materials.get(key);
    if (material === undefined) {
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
}

const ENDS = ["negative", "zero", "positive", "ink"] as const satisfies readonly (keyof Ramp)[];
