/** What the pointer points at: asked when it moves, and when the camera has moved under it. */
import type { CellRef } from "../bundle/cell";
import type { LoadedModel } from "../bundle/model";
import { indexAt, isInRun } from "../scene/cells";
import type { CameraRig } from "./cameraRig";
import type { Picture } from "./picture";
import type { Projector } from "./projector";

export interface PointerReport {
  /** Whose cell it is; null with the cell. */
  readonly model: LoadedModel | null;
  /** What is pointed at; null: nothing, or a cell that has no value in this run. */
  readonly cell: CellRef | null;
  /** CSS pixels in the canvas. */
  readonly x: number;
  readonly y: number;
}

export class Pointing {
  private at: readonly [number, number] | null = null;
  private isNew = false;
  private hovered: string | null = null;

  constructor(private readonly picture: Picture) {}

  /** Where the pointer is now; null: not over the canvas. */
  moveTo(at: readonly [number, number] | null): void {
    this.at = at;
    this.isNew = true;
  }

  /** What is pointed at now, when that may have changed. */
  look({ hasMoved, isMoving }: { hasMoved: boolean; isMoving: boolean }): PointerReport | null {
    if (!this.isNew && !(hasMoved && this.at !== null && !isMoving)) return null;
    this.isNew = false;
    const report =
      this.at === null ? { model: null, cell: null, x: 0, y: 0 } : this.report(...this.at);
    const key = report.cell && `${report.cell.tensor}/${report.cell.index.join()}`;
    if (key === this.hovered && key === null) return null;
    this.hovered = key;
    return report;
  }

  report(x: number, y: number): PointerReport {
    const hit = this.picture.pick(x, y);
    const nothing = { model: null, cell: null, x, y };
    if (hit === null) return nothing;
    const { lengths, model } = hit.standing;
    if (!isInRun(hit.block, hit, lengths)) return nothing;
    return { model, cell: { tensor: hit.block.tensor, index: indexAt(hit.block, hit) }, x, y };
  }

  /** The camera turns, zooms and pans about what is at a point, if anything is. */
  grab(x: number, y: number, rig: CameraRig, projector: Projector): void {
    const hit = this.picture.pick(x, y);
    if (hit === null) return;
    // Along the axis of the view, not along the ray.
    const m = rig.camera.matrixWorld.elements;
    const [dx, dy, dz] = projector.rayThrough(x, y).direction;
    rig.anchor(hit.distance * -(dx * m[8]! - dy * m[9]! - dz * m[10]!));
  }
}
