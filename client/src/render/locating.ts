/** Where points and cells of a model are on the canvas, as they are drawn now. */
import type { CellRef } from "../bundle/cell";
import type { LoadedModel } from "../bundle/model";
import { placeOf } from "../scene/cells";
import { moved } from "../scene/parting";
import type { Picture } from "./picture";
import type { Projector } from "./projector";

/** CSS pixels in the canvas, and whether it is in view. */
export interface Located {
  readonly x: number;
  readonly y: number;
  readonly visible: boolean;
}

const NOWHERE: Located = { x: 0, y: 0, visible: false };

export function locate(projector: Projector, x: number, y: number, z: number): Located {
  const visible = projector.project(x, y, z);
  return { x: projector.x, y: projector.y, visible };
}

/** Where the middle of a cell's front is. */
export function locateCell(picture: Picture, model: LoadedModel | null, cell: CellRef): Located {
  const at = frontOf(picture, model, cell);
  if (at === null) return NOWHERE;
  const { x, y, visible } = locate(at.projector, ...at.point);
  const { width, height } = at.projector;
  return { x, y, visible: visible && x >= 0 && y >= 0 && x <= width && y <= height };
}

/** The largest side of a cell's front; 0 when it is not in view. */
export function cellSize(picture: Picture, model: LoadedModel | null, cell: CellRef): number {
  const { x, y, visible } = locateCell(picture, model, cell);
  if (!visible) return 0;
  const { projector, point } = frontOf(picture, model, cell)!;
  let size = 0;
  for (const [stepX, stepY] of [
    [1, 0],
    [0, 1],
  ] as const) {
    if (projector.project(point[0] + stepX, point[1] + stepY, point[2])) {
      size = Math.max(size, Math.hypot(projector.x - x, projector.y - y));
    }
  }
  return size;
}

/** The middle of a cell's front, in the coordinates of its model, and what sees it there. */
function frontOf(
  picture: Picture,
  model: LoadedModel | null,
  cell: CellRef,
): { projector: Projector; point: [number, number, number] } | null {
  const standing = model === null ? undefined : picture.standingOf(model);
  const block = standing?.block(cell.tensor);
  if (standing === undefined || block === undefined) return null;
  const { slab, row, column } = placeOf(block, cell.index);
  const parting = picture.drawn(standing)?.parting(block, slab);
  return {
    projector: standing.projector,
    point: [
      block.x + moved(column + 0.5, parting?.columns),
      block.y + moved(row + 0.5, parting?.rows),
      block.z + slab * block.pitch,
    ],
  };
}
