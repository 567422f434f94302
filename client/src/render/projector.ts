/** From points of the scene to CSS pixels of the canvas and back, without allocating. */
import { Matrix4, type PerspectiveCamera, Vector3 } from "three";
import type { Ray } from "../scene/picking";

export class Projector {
  /** The result of `project`: CSS pixels from the top left corner, and the distance from the eye. */
  x = 0;
  y = 0;
  w = 0;
  width = 1;
  height = 1;
  /** CSS pixels of one cell that is at distance 1 and seen from the front. */
  focal = 1;
  private readonly matrix = new Matrix4();
  private readonly inverse = new Matrix4();
  private readonly far = new Vector3();
  private readonly origin: [number, number, number] = [0, 0, 0];
  private readonly direction: [number, number, number] = [0, 0, 0];
  private readonly ray: Ray = { origin: this.origin, direction: this.direction };

  /** Where the eye is, in the coordinates of the scene. */
  readonly eye: [number, number, number] = [0, 0, 0];

  update(camera: PerspectiveCamera, width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.focal = camera.projectionMatrix.elements[5]! * 0.5 * height;
    this.matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
    this.inverse.copy(this.matrix).invert();
    const { x, y, z } = camera.position;
    this.eye[0] = x;
    this.eye[1] = -y;
    this.eye[2] = -z;
  }

  /** Sets x, y and w; false when the point is behind the eye. */
  project(x: number, y: number, z: number): boolean {
    const m = this.matrix.elements;
    const w = m[3]! * x - m[7]! * y - m[11]! * z + m[15]!;
    this.w = w;
    if (w < 1e-3) return false;
    this.x = ((m[0]! * x - m[4]! * y - m[8]! * z + m[12]!) / w + 1) * 0.5 * this.width;
    this.y = (1 - (m[1]! * x - m[5]! * y - m[9]! * z + m[13]!) / w) * 0.5 * this.height;
    return true;
  }

  /** CSS pixels of the nearest cell of a box, however it is turned; 0 when it is behind the eye. */
  largestCell(
    x: number,
    y: number,
    z: number,
    width: number,
    height: number,
    depth: number,
  ): number {
    const m = this.matrix.elements;
    const corner = m[3]! * x - m[7]! * y - m[11]! * z + m[15]!;
    const nearest =
      corner +
      Math.min(0, m[3]! * width) +
      Math.min(0, -m[7]! * height) +
      Math.min(0, -m[11]! * depth);
    const farthest =
      corner +
      Math.max(0, m[3]! * width) +
      Math.max(0, -m[7]! * height) +
      Math.max(0, -m[11]! * depth);
    return farthest <= 0 ? 0 : this.focal / Math.max(nearest, 1e-3);
  }

  /** The ray through a point of the canvas; valid until the next call. */
  rayThrough(x: number, y: number): Ray {
    const { far, origin, direction, eye } = this;
    far.set((x / this.width) * 2 - 1, 1 - (y / this.height) * 2, 0.5).applyMatrix4(this.inverse);
    for (let i = 0; i < 3; i++) origin[i] = eye[i]!;
    direction[0] = far.x - eye[0];
    direction[1] = -far.y - eye[1];
    direction[2] = -far.z - eye[2];
    const length = Math.hypot(direction[0], direction[1], direction[2]);
    for (let i = 0; i < 3; i++) direction[i] = direction[i]! / length;
    return this.ray;
  }

  /** The ray from the eye towards a point of the scene, which is at distance 1 along it. */
  rayTo(x: number, y: number, z: number): Ray {
    const { origin, direction, eye } = this;
    for (let i = 0; i < 3; i++) origin[i] = eye[i]!;
    direction[0] = x - eye[0];
    direction[1] = y - eye[1];
    direction[2] = z - eye[2];
    return this.ray;
  }
}
