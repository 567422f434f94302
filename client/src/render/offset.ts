/** What lies between two states of the camera, and a state with that on top. */
import type { CameraState, Vector } from "./camera";

export interface Offset {
  readonly target: Vector;
  readonly azimuth: number;
  readonly elevation: number;
  /** Logarithm of the ratio of the distances. */
  readonly zoom: number;
}

export const NO_OFFSET: Offset = { target: [0, 0, 0], azimuth: 0, elevation: 0, zoom: 0 };

/** What leads from one state to another. */
export function difference(from: CameraState, to: CameraState): Offset {
  return {
    target: zipped(to.target, from.target, (a, b) => a - b),
    azimuth: to.azimuth - from.azimuth,
    elevation: to.elevation - from.elevation,
    zoom: Math.log(to.distance / from.distance),
  };
}

export function added(a: Offset, b: Offset): Offset {
  return {
    target: zipped(a.target, b.target, (x, y) => x + y),
    azimuth: a.azimuth + b.azimuth,
    elevation: a.elevation + b.elevation,
    zoom: a.zoom + b.zoom,
  };
}

export function scaled({ target, azimuth, elevation, zoom }: Offset, by: number): Offset {
  return {
    target: zipped(target, target, (x) => x * by),
    azimuth: azimuth * by,
    elevation: elevation * by,
    zoom: zoom * by,
  };
}

export function withOffset(state: CameraState, offset: Offset): CameraState {
  return {
    target: zipped(state.target, offset.target, (x, y) => x + y),
    azimuth: state.azimuth + offset.azimuth,
    elevation: state.elevation + offset.elevation,
    distance: state.distance * Math.exp(offset.zoom),
  };
}

/** Whether nobody would see it from `distance` cells away. */
export function isSmall({ target, azimuth, elevation, zoom }: Offset, distance: number): boolean {
  const turn = Math.max(Math.abs(azimuth), Math.abs(elevation), Math.abs(zoom));
  return turn < 5e-4 && Math.hypot(...target) < distance * 5e-4;
}

function zipped(a: Vector, b: Vector, of: (x: number, y: number) => number): Vector {
  return [of(a[0], b[0]), of(a[1], b[1]), of(a[2], b[2])];
}
