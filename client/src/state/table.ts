/** One slice of a tensor as rows and columns, the way its block in the scene shows it. */
import type { CellRef } from "../bundle/cell";
import type { Lengths, LoadedModel, TensorInfo } from "../bundle/model";
import type { Axis } from "../bundle/wire";
import { cellLike, orientationOf } from "./move";

/** An axis that is neither rows nor columns, and the position at which the slice is taken. */
export interface Fixed {
  readonly axis: Axis;
  readonly position: number;
  readonly length: number;
  /** The cell with another position on this axis. */
  readonly moved: (position: number) => CellRef;
}

export interface Slice {
  readonly rowAxis: Axis | null;
  readonly columnAxis: Axis | null;
  readonly rows: number;
  readonly columns: number;
  /** Where the selected cell is. */
  readonly row: number;
  readonly column: number;
  readonly fixed: readonly Fixed[];
  readonly indexAt: (row: number, column: number) => number[];
}

/** The slice through `like`, or through the first cell. */
export function sliceOf(
  model: LoadedModel,
  tensor: TensorInfo,
  like: CellRef | null,
  lengths: Lengths,
): Slice {
  const { index } = cellLike(model, tensor.name, like, lengths);
  const shape = tensor.shape(lengths);
  const { rows, columns } = orientationOf(model, tensor);
  const moved = (at: number, position: number) => ({
    tensor: tensor.name,
    index: index.map((p, i) => (i === at ? position : p)),
  });
  return {
    rowAxis: rows === null ? null : tensor.axes[rows]!,
    columnAxis: columns === null ? null : tensor.axes[columns]!,
    rows: rows === null ? 1 : shape[rows]!,
    columns: columns === null ? 1 : shape[columns]!,
    row: rows === null ? 0 : index[rows]!,
    column: columns === null ? 0 : index[columns]!,
    fixed: tensor.axes.flatMap((axis, at) =>
      at === rows || at === columns
        ? []
        : [
            {
              ...{ axis, position: index[at]!, length: shape[at]! },
              moved: (position: number) => moved(at, position),
            },
          ],
    ),
    indexAt: (row, column) => index.map((p, i) => (i === rows ? row : i === columns ? column : p)),
  };
}

/** Positions of a long axis that are shown at once: from `from` to before `to`, at most `size`. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** The page of `size` positions that holds `at`. */
export function windowOf(length: number, at: number, size: number): Window {
  const from = Math.floor(Math.max(0, Math.min(at, length - 1)) / size) * size;
  return { from, to: Math.min(length, from + size), size };
}
