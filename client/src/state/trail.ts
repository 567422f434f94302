/**
 * The path of selected cells: the last one is pinned, the ones before are the breadcrumbs.
 *
 * Following a source makes the path longer, so that a number can be traced down to the tokens and
 * back; pinning a cell out of the blue starts a new path.
 */
import { equalCells, type CellRef } from "../bundle/cell";

export type Trail = readonly CellRef[];

export function pinnedOf(trail: Trail): CellRef | null {
  return trail.at(-1) ?? null;
}

/** Goes on to a source; a cell that is already on the path is gone back to. */
export function follow(trail: Trail, cell: CellRef): Trail {
  const before = trail.findIndex((crumb) => equalCells(crumb, cell));
  return before >= 0 ? trail.slice(0, before + 1) : [...trail, cell];
}

/** Back to the crumb at `position`. */
export function backTo(trail: Trail, position: number): Trail {
  return trail.slice(0, position + 1);
}

/** Another cell in place of the pinned one, as the arrow keys do. */
export function moveTo(trail: Trail, cell: CellRef): Trail {
  return [...trail.slice(0, -1), cell];
}

export function equalTrails(a: Trail, b: Trail): boolean {
  return a.length === b.length && a.every((cell, i) => equalCells(cell, b[i]!));
}
