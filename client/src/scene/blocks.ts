/**
 * Where every tensor of a model stands: the templates of the bundle's scene, written out.
 *
 * Pipeline stage: between the bundle and everything that draws. All lengths are in cells, in the
 * coordinates of the wire format: `x` runs right, `y` runs down, `z` runs away from the viewer.
 */
import { fullName, lengthOf, type Lengths, stackOf } from "../bundle/model";
import type * as wire from "../bundle/wire";
import type { Role } from "../theme/palette";
import { SceneError } from "./errors";
import { stacksOf } from "./stacks";

/** How one side of a block is cut into cells. */
export interface Edge {
  /** The axis that runs along it; null: a single cell. */
  readonly axis: wire.Axis | null;
  /** Position of that axis among the axes of the tensor; -1 when there is none. */
  readonly at: number;
  /** How many cells it has when every axis has its full size. */
  readonly length: number;
}

/** One tensor as a body in the scene: `depth.length` slabs, each one cell thick. */
export interface Block {
  readonly id: number;
  /** Full name. */
  readonly tensor: string;
  readonly label: string;
  readonly role: Role;
  readonly layer: number | null;
  /** The top left front corner. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly columns: Edge;
  readonly rows: Edge;
  readonly depth: Edge;
  /** Distance between the fronts of two slabs. */
  readonly pitch: number;
  /** How many axes the tensor has. */
  readonly rank: number;
  /** Position of its first slab among all slabs of the model. */
  readonly firstSlab: number;
}

const ROLES: readonly string[] = ["input", "weight", "activation", "statistic"];

/** Every block of the model, a repeated tensor once for each of its layers. */
export function blocksOf(model: wire.Model): Block[] {
  const axes = new Map(model.axes.map((axis) => [axis.name, axis]));
  // A name may be declared several times, each time for other layers.
  const tensors = new Map<string, wire.Tensor[]>();
  for (const tensor of model.tensors) {
    tensors.set(tensor.name, [...(tensors.get(tensor.name) ?? []), tensor]);
  }
  const own = new Set(model.scene.boxes.map((box) => box.tensor));
  const stacks = stacksOf(model);
  const blocks: Block[] = [];
  let firstSlab = 0;

  const place = (box: wire.Box, tensor: wire.Tensor, layer: number | null): void => {
    const edge = (name: string | null | undefined): Edge => {
      if (name == null) return { axis: null, at: -1, length: 1 };
      const at = tensor.axes.indexOf(name);
      const axis = axes.get(name);
      if (at < 0 || axis === undefined) {
        throw new SceneError(
          `The box of ${box.tensor} is laid out along "${name}"; its axes are [${tensor.axes.join(", ")}].`,
        );
      }
      return { axis, at, length: axis.size };
    };
    const offset = layer === null ? ORIGIN : stacks.offset(stackOf(tensor.name)!, layer);
    const block: Block = {
      id: blocks.length,
      tensor: layer === null ? box.tensor : fullName(tensor.name, layer),
      label: tensor.label,
      role: (ROLES.includes(tensor.role) ? tensor.role : "activation") as Role,
      layer,
      x: box.x + offset.x,
      y: box.y + offset.y,
      z: box.z + offset.z,
      columns: edge(box.columns),
      rows: edge(box.rows),
      depth: edge(box.depth),
      pitch: box.pitch ?? 1,
      rank: tensor.axes.length,
      firstSlab,
    };
    const laidOut = [block.columns, block.rows, block.depth].filter((each) => each.at >= 0);
    const unplaced = tensor.axes.filter(
      (name) => !laidOut.some((each) => each.axis!.name === name),
    );
    if (unplaced.length > 0) {
      throw new SceneError(
        `The box of ${box.tensor} has no place for the axes [${unplaced.join(", ")}].`,
      );
    }
    firstSlab += block.depth.length;
    blocks.push(block);
  };

  for (const box of model.scene.boxes) {
    const declared = tensors.get(box.tensor);
    if (declared === undefined) {
      throw new SceneError(`The scene has a box of "${box.tensor}", which is not a tensor.`);
    }
    if (stackOf(box.tensor) === null) place(box, declared[0]!, null);
    for (const tensor of declared) {
      for (const layer of tensor.layers ?? []) {
        const isElsewhere = own.has(fullName(tensor.name, layer));
        if (!isElsewhere && (box.layers ?? [layer]).includes(layer)) place(box, tensor, layer);
      }
    }
  }
  return blocks;
}

const ORIGIN: wire.Point = { x: 0, y: 0, z: 0 };

/** How far the block reaches from its corner, away from the viewer. */
export function thickness(block: Block): number {
  return (block.depth.length - 1) * block.pitch + 1;
}

/** The second longest of its three sides, in cells: what is thin in that one, too, is a line. */
export function breadthOf(block: Block): number {
  const [across, down, deep] = [block.columns.length, block.rows.length, thickness(block)];
  return across + down + deep - Math.max(across, down, deep) - Math.min(across, down, deep);
}

/** The length of a side in a run whose inputs have these lengths. */
export function lengthIn({ axis, length }: Edge, lengths: Lengths): number {
  return axis === null ? length : Math.min(lengthOf(axis, lengths), length);
}

export interface Bounds {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

/** The smallest box around all of `blocks`; a cell at the origin when there are none. */
export function boundsOf(blocks: readonly Block[]): Bounds {
  if (blocks.length === 0) return { min: [0, 0, 0], max: [1, 1, 1] };
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const block of blocks) {
    const low = [block.x, block.y, block.z];
    const size = [block.columns.length, block.rows.length, thickness(block)];
    for (let side = 0; side < 3; side++) {
      min[side] = Math.min(min[side]!, low[side]!);
      max[side] = Math.max(max[side]!, low[side]! + size[side]!);
    }
  }
  return { min, max };
}

/** The smallest box around all of `parts`; a cell at the origin when there are none. */
export function unionOf(parts: readonly Bounds[]): Bounds {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const part of parts) {
    for (let side = 0; side < 3; side++) {
      min[side] = Math.min(min[side]!, part.min[side]!);
      max[side] = Math.max(max[side]!, part.max[side]!);
    }
  }
  return parts.length > 0 ? { min, max } : { min: [0, 0, 0], max: [1, 1, 1] };
}
