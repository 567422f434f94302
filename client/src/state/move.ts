/**
 * Moving the selection: to a neighbouring cell, in the directions in which the scene and the table
 * show it, and to the cell of another tensor that has the same positions.
 */
import type { CellRef } from "../bundle/cell";
import type { Lengths, LoadedModel, TensorInfo } from "../bundle/model";

/** Position in `TensorInfo.axes` of the axis that runs in each direction; null where none does. */
export interface Orientation {
  readonly columns: number | null;
  readonly rows: number | null;
  readonly depth: number | null;
}

export type Step = "left" | "right" | "up" | "down" | "nearer" | "farther";

const STEPS: Record<Step, [keyof Orientation, number]> = {
  left: ["columns", -1],
  right: ["columns", 1],
  up: ["rows", -1],
  down: ["rows", 1],
  nearer: ["depth", -1],
  farther: ["depth", 1],
};

const KEYS: Record<string, Step> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  PageUp: "nearer",
  PageDown: "farther",
};

export function stepOfKey(key: string): Step | null {
  return KEYS[key] ?? null;
}

/** As its box in the scene is laid out; without a box: the last axis right, the one before down. */
export function orientationOf(model: LoadedModel, tensor: TensorInfo): Orientation {
  const { boxes } = model.spec.scene;
  const box =
    boxes.find((each) => each.tensor === tensor.name) ??
    boxes.find((each) => each.tensor === tensor.spec.name);
  const at = (axis: string | null | undefined) => {
    const position = tensor.axes.findIndex(({ name }) => name === axis);
    return position < 0 ? null : position;
  };
  if (box) return { columns: at(box.columns), rows: at(box.rows), depth: at(box.depth) };
  const n = tensor.axes.length;
  const orNull = (position: number) => (position < 0 ? null : position);
  return { columns: orNull(n - 1), rows: orNull(n - 2), depth: orNull(n - 3) };
}

/** The neighbour in a direction; the cell itself at the edge of the tensor. */
export function neighbour(
  model: LoadedModel,
  cell: CellRef,
  step: Step,
  lengths: Lengths,
): CellRef {
  const tensor = model.tensor(cell.tensor);
  const [direction, by] = STEPS[step];
  const axis = orientationOf(model, tensor)[direction];
  if (axis === null) return cell;
  const position = cell.index[axis]! + by;
  if (position < 0 || position >= tensor.shape(lengths)[axis]!) return cell;
  return { tensor: cell.tensor, index: cell.index.map((p, i) => (i === axis ? position : p)) };
}

/** The cell of `name` with the positions that `like` has on the axes they share, 0 on the others. */
export function cellLike(
  model: LoadedModel,
  name: string,
  like: CellRef | null,
  lengths: Lengths,
): CellRef {
  const tensor = model.tensor(name);
  const known = like ? model.tensor(like.tensor).axes : [];
  const shape = tensor.shape(lengths);
  const index = tensor.axes.map((axis, i) => {
    const shared = known.findIndex((other) => other.name === axis.name);
    const position = shared < 0 ? 0 : like!.index[shared]!;
    return Math.max(0, Math.min(position, shape[i]! - 1));
  });
  return { tensor: name, index };
}

/** The cell itself when a run of these lengths has it, else the nearest one that it has. */
export function clamped(model: LoadedModel, cell: CellRef, lengths: Lengths): CellRef {
  const shape = model.tensor(cell.tensor).shape(lengths);
  const index = cell.index.map((p, i) => Math.max(0, Math.min(p, shape[i]! - 1)));
  return index.every((p, i) => p === cell.index[i]) ? cell : { tensor: cell.tensor, index };
}
