/** What a visitor's hands do to the camera: camera-controls, set up for scenes that are seen from the front. */
import CameraControls from "camera-controls";
import {
  Box3,
  Matrix4,
  type PerspectiveCamera,
  Quaternion,
  Raycaster,
  Sphere,
  Spherical,
  Vector2,
  Vector3,
  Vector4,
} from "three";
import type { CameraState } from "./camera";

CameraControls.install({
  THREE: { Vector2, Vector3, Vector4, Quaternion, Matrix4, Spherical, Box3, Sphere, Raycaster },
});
const { ACTION } = CameraControls;

/** As near as the eye comes to what it looks at. */
export const NEAREST = 16;
const MOST_AZIMUTH = 1.4;
const LEAST_ELEVATION = -1.1;
const MOST_ELEVATION = 1.35;

export function controlsOf(
  camera: PerspectiveCamera,
  canvas: HTMLCanvasElement,
  reducedMotion: boolean,
): CameraControls {
  const controls = new CameraControls(camera, canvas);
  controls.mouseButtons = {
    left: ACTION.TRUCK,
    right: ACTION.ROTATE,
    middle: ACTION.ROTATE,
    wheel: ACTION.DOLLY,
  };
  controls.touches = {
    one: ACTION.TOUCH_TRUCK,
    two: ACTION.TOUCH_DOLLY_ROTATE,
    three: ACTION.TOUCH_DOLLY_TRUCK,
  };
  controls.dollyToCursor = true;
  controls.minDistance = NEAREST;
  controls.minAzimuthAngle = -MOST_AZIMUTH;
  controls.maxAzimuthAngle = MOST_AZIMUTH;
  controls.minPolarAngle = Math.PI / 2 - MOST_ELEVATION;
  controls.maxPolarAngle = Math.PI / 2 - LEAST_ELEVATION;
  controls.azimuthRotateSpeed = 0.55;
  controls.polarRotateSpeed = 0.55;
  controls.smoothTime = reducedMotion ? 0.01 : 0.16;
  controls.draggingSmoothTime = reducedMotion ? 0.01 : 0.06;
  return controls;
}

/** What dragging does from now on: with shift it turns. */
export function take(controls: CameraControls, { shiftKey }: PointerEvent): void {
  controls.mouseButtons.left = shiftKey ? ACTION.ROTATE : ACTION.TRUCK;
}

/** Where the camera is now, in the coordinates of the scene. */
export function stateOf(controls: CameraControls): CameraState {
  const target = controls.getTarget(new Vector3(), false);
  return {
    target: [target.x, -target.y, -target.z],
    azimuth: controls.azimuthAngle,
    elevation: Math.PI / 2 - controls.polarAngle,
    distance: controls.distance,
  };
}

/** Where the camera is going, without the way there. */
export function aimOf(controls: CameraControls): CameraState {
  const target = controls.getTarget(new Vector3(), true);
  const { theta, phi, radius } = controls.getSpherical(new Spherical(), true);
  return {
    target: [target.x, -target.y, -target.z],
    azimuth: theta,
    elevation: Math.PI / 2 - phi,
    distance: radius,
  };
}

/** To be there at once. */
export function put(
  controls: CameraControls,
  { target: [x, y, z], azimuth, elevation, distance }: CameraState,
): void {
  void controls.rotateTo(azimuth, Math.PI / 2 - elevation, false);
  void controls.moveTo(x, -y, -z, false);
  void controls.dollyTo(distance, false);
}
