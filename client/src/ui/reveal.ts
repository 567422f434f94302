/** Bringing a cell into view where it is not. */
import type { CellRef } from "../bundle";
import type { Insets, SceneView } from "../render";

/** Between the cell and what covers the picture. */
const MARGIN_PX = 12;
/** A cell that is gone to is to be seen as a cell. */
export const AS_A_CELL_PX = 5;
/** Smaller cells are no more than a speck on the picture. */
export const A_SPECK_PX = 1;

/** Flies to `cell`, unless it is in the free part of the picture and at least `smallestPx` large. */
export function reveal(view: SceneView, cell: CellRef, insets: Insets, smallestPx: number): void {
  const { x, y, visible } = view.project(cell);
  const { clientWidth, clientHeight } = document.querySelector("canvas")!;
  const isInside =
    x > insets.left + MARGIN_PX &&
    x < clientWidth - insets.right - MARGIN_PX &&
    y > insets.top + MARGIN_PX &&
    y < clientHeight - insets.bottom - MARGIN_PX;
  const isLarge = smallestPx === 0 || view.cellSize(cell) >= smallestPx;
  if (!visible || !isInside || !isLarge) view.flyTo({ cell });
}
