/** Places that one can fly to, and from where they are looked at. */
import type { CellRef } from "../bundle/cell";
import { type Bounds, boundsOf } from "../scene/blocks";
import { placeOf, positionOf } from "../scene/cells";
import type { CameraState } from "./camera";
import type { CameraRig } from "./cameraRig";
import type { Picture } from "./picture";
import { plus } from "./vectors";

/** A place of the current model, or a model by its name. */
export type Destination =
  | { readonly tensor: string }
  | { readonly module: string; readonly layer: number | null }
  | { readonly cell: CellRef }
  | { readonly model: string };

/** A cell is shown no larger than this, and no nearer than that. */
const CELL_PX = 30;
const NEAREST = 28;

/** Where the camera has to be; null when there is no such place in the scene. */
export function stateAt(to: Destination, picture: Picture, rig: CameraRig): CameraState | null {
  const { current } = picture;
  if ("model" in to) return whole(picture, rig, to.model);
  if (current === null) return null;
  const moved = ({ min, max }: Bounds): Bounds => ({
    min: plus(min, current.offset),
    max: plus(max, current.offset),
  });
  if ("module" in to) {
    const section = current.figure.sections.find(
      ({ path, module, layer }) =>
        layer === to.layer && (path === to.module || module === to.module),
    );
    if (section) return rig.stateFor([moved(section.bounds)], { marginPx: 40 });
    return to.module === "" ? whole(picture, rig, current.model.spec.name) : null;
  }
  const block = current.block("cell" in to ? to.cell.tensor : to.tensor);
  if (block === undefined) return null;
  // Heads one behind the other are seen from aside; what is flat, more from the front.
  const view =
    block.depth.length > 1
      ? { azimuth: -0.4, elevation: 0.22 }
      : { azimuth: -0.16, elevation: 0.1 };
  const all = rig.stateFor([moved(boundsOf([block]))], { ...view, marginPx: 56 });
  if (!("cell" in to)) return all;
  // As near as shows figures in the cells, but not nearer than shows the whole block.
  const target = plus(positionOf(block, placeOf(block, to.cell.index)), current.offset);
  const near = current.projector.focal / CELL_PX;
  return { ...all, target, distance: Math.max(Math.min(all.distance, near), NEAREST) };
}

function whole(picture: Picture, rig: CameraRig, model: string): CameraState | null {
  const parts = picture.whole(model);
  return parts.length > 0 ? rig.stateFor(parts) : null;
}
