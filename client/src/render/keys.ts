/** The camera from the keyboard: arrows pan (with shift: turn), + and - zoom, 0 fits. */
import type { CameraRig } from "./cameraRig";

const PAN_PX = 60;
const TURN = 0.12;
const ZOOM = 1.25;

const ARROWS: Record<string, readonly [right: number, down: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** True when the key was one of these. */
export function moveByKey(event: KeyboardEvent, rig: CameraRig, fit: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const [right, down] = arrow;
    if (event.shiftKey) rig.turn(right * TURN, -down * TURN);
    else rig.pan(right * PAN_PX, down * PAN_PX);
    return true;
  }
  if (event.key === "+" || event.key === "=") rig.zoom(ZOOM);
  else if (event.key === "-" || event.key === "_") rig.zoom(1 / ZOOM);
  else if (event.key === "0") fit();
  else return false;
  return true;
}
