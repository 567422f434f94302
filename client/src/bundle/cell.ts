/** One cell of one tensor, and how it is written: `blocks.0.attn.q[3, 0, 5]`. */
import { words } from "../words";
import { UnknownCell } from "./errors";
import type { Lengths, LoadedModel } from "./model";

export interface CellRef {
  /** The full name, with the number of the layer. */
  readonly tensor: string;
  /** One position for each axis of the tensor. */
  readonly index: number[];
}

export function formatCell(cell: CellRef): string {
  return cell.index.length > 0 ? `${cell.tensor}[${cell.index.join(", ")}]` : cell.tensor;
}

export function equalCells(a: CellRef | null, b: CellRef | null): boolean {
  if (a === null || b === null) return a === b;
  return a.tensor === b.tensor && a.index.every((position, i) => position === b.index[i]);
}

/**
 * The cell that `text` names, in a run of these lengths. Negative positions count from the end.
 *
 * Throws UnknownTensor (with near matches) or UnknownCell (with the valid range).
 */
export function parseCell(model: LoadedModel, text: string, lengths: Lengths): CellRef {
  const match = /^\s*([^[\]\s]+)\s*(?:\[([^[\]]*)\])?\s*$/.exec(text);
  if (match === null) {
    throw new UnknownCell(words.cells.expected("blocks.0.attn.q[3, 0, 5]", text));
  }
  const tensor = model.tensor(match[1]!);
  const parts = (match[2] ?? "").split(",").map((part) => part.trim());
  const index = parts.filter((part) => part !== "").map(Number);
  const { axes } = tensor;
  if (index.length !== axes.length || index.some((position) => !Number.isInteger(position))) {
    const names = axes.map((axis) => axis.name).join(", ");
    throw new UnknownCell(words.cells.axes(tensor.name, axes.length, names, text.trim()));
  }
  return {
    tensor: tensor.name,
    index: tensor.shape(lengths).map((length, i) => inRange(index[i]!, length, i)),
  };

  function inRange(position: number, length: number, i: number): number {
    if (position < -length || position >= length) {
      throw new UnknownCell(words.cells.range(axes[i]!.name, tensor.name, length, position));
    }
    return position < 0 ? position + length : position;
  }
}
