/** Points and ways in the scene. */
import type { Vector } from "./camera";

export function plus(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}
