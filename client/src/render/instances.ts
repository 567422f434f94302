/**
 * Attributes of the instances of one draw, written anew now and then.
 *
 * When they outgrow their buffers a new geometry takes the place of the old one: three.js fixes the
 * number of instances of a geometry when it first draws it, and frees buffers with the geometry only.
 */
import {
  BoxGeometry,
  BufferAttribute,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  type RawShaderMaterial,
} from "three";

/** A rectangle: four corners, two triangles, counter-clockwise where `y` runs down. */
export const QUAD = {
  data: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]),
  items: 2,
  index: new Uint16Array([0, 1, 2, 2, 1, 3]),
};

/** The same, both sides cut in three: see CUT in glsl.ts. */
export const CUT_QUAD = {
  data: Float32Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? (i >> 1) % 4 : i >> 3) / 3),
  items: 2,
  index: Uint16Array.from(
    Array.from({ length: 9 }, (_, i) => {
      const at = Math.floor(i / 3) * 4 + (i % 3);
      return [at, at + 4, at + 1, at + 1, at + 4, at + 5];
    }).flat(),
  ),
};

/** A cube from 0 to 1, each face with its normal. */
export const CUBE = cube(1);
/** The same, right and down cut in three. */
export const CUT_CUBE = cube(3);

function cube(parts: number) {
  const box = new BoxGeometry(1, 1, 1, parts, parts, 1).translate(0.5, 0.5, 0.5);
  const array = (name: string) => box.getAttribute(name).array as Float32Array;
  const index = box.index!.array as Uint16Array;
  return { data: array("position"), items: 3, index, normals: array("normal") };
}

export interface Corners {
  readonly data: Float32Array;
  readonly items: number;
  readonly index?: Uint16Array;
  readonly normals?: Float32Array;
}

/** A mesh for instances, which is where its attributes say: never culled, never moved. */
export function meshOf(
  material: RawShaderMaterial,
): Mesh<InstancedBufferGeometry, RawShaderMaterial> {
  const mesh = new Mesh(new InstancedBufferGeometry(), material);
  mesh.frustumCulled = false;
  mesh.matrixAutoUpdate = false;
  return mesh;
}

export type Numbers = Float32Array | Uint8Array | Uint16Array | Int16Array | Uint32Array;

export interface Field {
  readonly kind: "float" | "colour" | "short" | "unsigned" | "whole";
  readonly items: number;
}

const KINDS = {
  float: Float32Array,
  colour: Uint8Array,
  short: Int16Array,
  unsigned: Uint16Array,
  whole: Uint32Array,
} as const;

/** Buffers with room for more instances than this become smaller again when little of it is used. */
const LARGE = 4096;

export class Instances<Name extends string> {
  private capacity = 0;
  private drawn = 0;
  private readonly attributes = {} as Record<Name, InstancedBufferAttribute>;

  /** `corners`: what every instance has in common, `items` numbers for each corner. */
  constructor(
    private readonly mesh: Mesh<InstancedBufferGeometry>,
    private readonly corners: Corners,
    private readonly fields: Record<Name, Field>,
  ) {
    this.reserve(16);
    mesh.visible = false;
  }

  /** The array of a field; valid until the next `reserve`. */
  array(name: Name): Numbers {
    return this.attributes[name].array as Numbers;
  }

  /**
   * Room for `count` instances. True: the buffers had to grow, or could shrink, and what was written
   * before is lost, except for the first `kept`.
   */
  reserve(count: number, kept = 0): boolean {
    const isWasteful = this.capacity > LARGE && count * 4 < this.capacity;
    if (count <= this.capacity && !isWasteful) return false;
    this.resize(Math.ceil(count * 1.5), kept);
    return true;
  }

  /** Buffers for `capacity` instances, of which the first `kept` are those of before. */
  private resize(capacity: number, kept: number): void {
    const before = { ...this.attributes };
    this.capacity = capacity;
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(this.corners.data, this.corners.items));
    const { index, normals } = this.corners;
    if (normals !== undefined) geometry.setAttribute("normal", new BufferAttribute(normals, 3));
    if (index !== undefined) geometry.setIndex(new BufferAttribute(index, 1));
    for (const name in this.fields) {
      const { kind, items } = this.fields[name];
      const array = new KINDS[kind](this.capacity * items);
      const attribute = new InstancedBufferAttribute(array, items, kind === "colour");
      attribute.setUsage(DynamicDrawUsage);
      if (kept > 0) array.set(before[name].array.subarray(0, kept * items));
      geometry.setAttribute(name, attribute);
      this.attributes[name] = attribute;
    }
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
  }

  /**
   * Go on with the instances of another set, as far as it has the same fields. There is as much room as there:
   * sets take turns with every chapter of a tour, and room for growth each time would grow without end.
   */
  take(from: Instances<Name>): void {
    this.resize(from.capacity, 0);
    for (const name in this.fields) {
      if (name in from.attributes) this.array(name).set(from.array(name));
    }
    this.commit(from.drawn);
  }

  /** Some instances of a field were written since the last time; how many are drawn stays. */
  touch(name: Name, from: number, to: number): void {
    const attribute = this.attributes[name];
    if (to <= from || attribute === undefined) return;
    attribute.addUpdateRange(from * attribute.itemSize, (to - from) * attribute.itemSize);
    attribute.needsUpdate = true;
  }

  /** The same for all fields, and `count` instances are drawn from now on. */
  touchAll(from: number, to: number, count: number): void {
    this.drawn = count;
    this.mesh.visible = count > 0;
    this.mesh.geometry.instanceCount = count;
    for (const name in this.fields) this.touch(name, from, to);
  }

  /** Draw `count` instances; those from `from` on were written since the last time. */
  commit(count: number, from = 0): void {
    this.drawn = count;
    this.mesh.visible = count > 0;
    this.mesh.geometry.instanceCount = count;
    if (count <= from) return;
    for (const name in this.fields) {
      const attribute = this.attributes[name];
      // What was written earlier and has not been sent yet is sent too.
      if (from === 0) attribute.clearUpdateRanges();
      attribute.addUpdateRange(from * attribute.itemSize, (count - from) * attribute.itemSize);
      attribute.needsUpdate = true;
    }
  }
}
