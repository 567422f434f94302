/**
 * Attributes of the instances of one draw, written anew now and then.
 *
 * When they outgrow their buffers a new geometry takes the place of the old one: three.js fixes the
 * number of instances of a geometry when it first draws it, and frees buffers with the geometry only.
 */
import {
  BufferAttribute,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  type Mesh,
} from "three";

/** A rectangle: four corners, two triangles, counter-clockwise where `y` runs down. */
export const QUAD = {
  data: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]),
  items: 2,
  index: new Uint16Array([0, 1, 2, 2, 1, 3]),
};

export type Numbers = Float32Array | Uint8Array | Uint16Array | Int16Array;

export interface Field {
  readonly kind: "float" | "colour" | "short" | "unsigned";
  readonly items: number;
}

const KINDS = {
  float: Float32Array,
  colour: Uint8Array,
  short: Int16Array,
  unsigned: Uint16Array,
} as const;

export class Instances<Name extends string> {
  private capacity = 0;
  private readonly attributes = {} as Record<Name, InstancedBufferAttribute>;

  /** `corners`: what every instance has in common, `items` numbers for each corner. */
  constructor(
    private readonly mesh: Mesh<InstancedBufferGeometry>,
    private readonly corners: {
      readonly data: Float32Array;
      readonly items: number;
      readonly index?: Uint16Array;
    },
    private readonly fields: Record<Name, Field>,
  ) {
    this.reserve(16);
    mesh.visible = false;
  }

  /** The array of a field; valid until the next `reserve`. */
  array(name: Name): Numbers {
    return this.attributes[name].array as Numbers;
  }

  /** Room for `count` instances. True: the buffers had to grow, and what was written before is lost. */
  reserve(count: number): boolean {
    if (count <= this.capacity) return false;
    this.capacity = Math.ceil(count * 1.5);
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(this.corners.data, this.corners.items));
    const { index } = this.corners;
    if (index !== undefined) geometry.setIndex(new BufferAttribute(index, 1));
    for (const name in this.fields) {
      const { kind, items } = this.fields[name];
      const array = new KINDS[kind](this.capacity * items);
      const attribute = new InstancedBufferAttribute(array, items, kind === "colour");
      attribute.setUsage(DynamicDrawUsage);
      geometry.setAttribute(name, attribute);
      this.attributes[name] = attribute;
    }
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
    return true;
  }

  /** Draw `count` instances; those from `from` on were written since the last time. */
  commit(count: number, from = 0): void {
    this.mesh.visible = count > 0;
    this.mesh.geometry.instanceCount = count;
    if (count <= from) return;
    for (const name in this.fields) {
      const attribute = this.attributes[name];
      attribute.clearUpdateRanges();
      attribute.addUpdateRange(from * attribute.itemSize, (count - from) * attribute.itemSize);
      attribute.needsUpdate = true;
    }
  }
}
