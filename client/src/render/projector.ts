/**
 * From points of the scene, or of a model that stands somewhere in it, to CSS pixels of the canvas and
 * back, without allocating.
 */
import { Matrix4, type PerspectiveCamera, Vector3 } from "three";
import { type Block, type Bounds, thickness } from "../scene/blocks";
import type { Ray } from "../scene/picking";
import type { Vector } from "./camera";

const NOWHERE: Vector = [0, 0, 0];
const shift = new Matrix4();

export class Projector {
  /** The result of `project`: CSS pixels from the top left corner, and the distance from the eye. */
  x = 0;
  y = 0;
  w = 0;
  width = 1;
  height = 1;
  /** CSS pixels of one cell that is at distance 1 and seen from the front. */
  focal = 1;
  /** Counts the places that the camera has been at. */
  version = 0;
  private readonly matrix = new Matrix4();
  private readonly inverse = new Matrix4();
  private isInverseStale = true;
  private readonly far = new Vector3();
  private readonly origin: [number, number, number] = [0, 0, 0];
  private readonly direction: [number, number, number] = [0, 0, 0];
  private readonly ray: Ray = { origin: this.origin, direction: this.direction };

  /** Where the eye is, in the coordinates of the scene. */
  readonly eye: [number, number, number] = [0, 0, 0];

  /** `offset`: how far the model is moved whose points these are. */
  update(
    camera: PerspectiveCamera,
    width: number,
    height: number,
    [dx, dy, dz]: Vector = NOWHERE,
  ): void {
    this.version += 1;
    this.width = width;
    this.height = height;
    this.focal = camera.projectionMatrix.elements[5]! * 0.5 * height;
    this.matrix
      .multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse)
      .multiply(shift.makeTranslation(dx, -dy, -dz));
    this.isInverseStale = true;
    const { x, y, z } = camera.position;
    this.eye[0] = x - dx;
    this.eye[1] = -y - dy;
    this.eye[2] = -z - dz;
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

  /** CSS pixels of the nearest cell of a block, however it is turned; 0 when it is behind the eye. */
  cellOf(block: Block): number {
    const { x, y, z, columns, rows } = block;
    return this.largestCell(x, y, z, columns.length, rows.length, thickness(block));
  }

  /** The same for anything within bounds. */
  largestCellIn({ min: [x, y, z], max }: Bounds): number {
    return this.largestCell(x, y, z, max[0] - x, max[1] - y, max[2] - z);
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

  /** CSS pixels of the longest side of a block's front, about; 0 behind the eye. */
  sideOf({ x, y, z, columns, rows }: Block): number {
    const m = this.matrix.elements;
    const across = columns.length / 2;
    const down = rows.length / 2;
    const depth = m[3]! * (x + across) - m[7]! * (y + down) - m[11]! * z + m[15]!;
    // The nearest point of a large block may be much nearer than its middle.
    const nearest = depth - Math.abs(m[3]! * across) - Math.abs(m[7]! * down);
    if (depth < -across - down) return 0;
    return (2 * Math.max(across, down) * this.focal) / Math.max(nearest, 1);
  }

  /**
   * CSS pixels of the longest side of a box, about; 0 when it is certainly not in view.
   */
  sizeOf({ min, max }: Bounds): number {
    const m = this.matrix.elements;
    const [w, h, d] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
    const [x, y, z] = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
    const radius = Math.hypot(w, h, d) / 2;
    const depth = m[3]! * x - m[7]! * y - m[11]! * z + m[15]!;
    if (depth < -radius) return 0;
    const reach = Math.max(depth, 1e-3);
    const radiusPx = (radius * this.focal) / Math.max(depth - radius, 1e-3);
    const atX = ((m[0]! * x - m[4]! * y - m[8]! * z + m[12]!) / reach + 1) * 0.5 * this.width;
    const atY = (1 - (m[1]! * x - m[5]! * y - m[9]! * z + m[13]!) / reach) * 0.5 * this.height;
    if (depth > radius) {
      const isOutside =
        atX < -radiusPx ||
        atY < -radiusPx ||
        atX > this.width + radiusPx ||
        atY > this.height + radiusPx;
      if (isOutside) return 0;
    }
    return (Math.max(w, h) * this.focal) / Math.max(depth - radius * 0.5, 1);
  }

  /** Whether some of a box may be in view: it does not lie wholly beyond one side of the picture. */
  mayShow(x: number, y: number, z: number, width: number, height: number, depth: number): boolean {
    const m = this.matrix.elements;
    let beyond = 31;
    for (let corner = 0; corner < 8 && beyond !== 0; corner++) {
      const cx = x + (corner & 1 ? width : 0);
      const cy = y + (corner & 2 ? height : 0);
      const cz = z + (corner & 4 ? depth : 0);
      const w = m[3]! * cx - m[7]! * cy - m[11]! * cz + m[15]!;
      const across = m[0]! * cx - m[4]! * cy - m[8]! * cz + m[12]!;
      const up = m[1]! * cx - m[5]! * cy - m[9]! * cz + m[13]!;
      if (w > 0) beyond &= ~16;
      if (across > -w) beyond &= ~1;
      if (across < w) beyond &= ~2;
      if (up > -w) beyond &= ~4;
      if (up < w) beyond &= ~8;
    }
    return beyond === 0;
  }

  /**
   * Puts the rectangle of the canvas that a box lies in into `into` from `at` on: left, top, right, bottom in CSS
   * pixels. Of a box that reaches behind the eye, this is everything; of one that is behind it, nothing.
   */
  around(
    into: Float64Array,
    at: number,
    x: number,
    y: number,
    z: number,
    width: number,
    height: number,
    depth: number,
  ): void {
    const m = this.matrix.elements;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    let behind = 0;
    // Of the first corner, in shares of the picture's half sizes; the others are steps away from it.
    const px = m[0]! * x - m[4]! * y - m[8]! * z + m[12]!;
    const py = m[1]! * x - m[5]! * y - m[9]! * z + m[13]!;
    const pw = m[3]! * x - m[7]! * y - m[11]! * z + m[15]!;
    for (let corner = 0; corner < 8; corner++) {
      const dx = corner & 1 ? width : 0;
      const dy = corner & 2 ? -height : 0;
      const dz = corner & 4 ? -depth : 0;
      const w = pw + m[3]! * dx + m[7]! * dy + m[11]! * dz;
      if (w < 1e-3) {
        behind += 1;
        continue;
      }
      const across = (px + m[0]! * dx + m[4]! * dy + m[8]! * dz) / w;
      const up = (py + m[1]! * dx + m[5]! * dy + m[9]! * dz) / w;
      if (across < left) left = across;
      if (across > right) right = across;
      if (-up < top) top = -up;
      if (-up > bottom) bottom = -up;
    }
    const isPartly = behind > 0 && behind < 8;
    const [halfWidth, halfHeight] = [this.width * 0.5, this.height * 0.5];
    into[at] = isPartly ? -Infinity : (left + 1) * halfWidth;
    into[at + 1] = isPartly ? -Infinity : (top + 1) * halfHeight;
    into[at + 2] = isPartly ? Infinity : (right + 1) * halfWidth;
    into[at + 3] = isPartly ? Infinity : (bottom + 1) * halfHeight;
  }

  /** The ray through a point of the canvas; valid until the next call. */
  rayThrough(x: number, y: number): Ray {
    const { far, origin, direction, eye } = this;
    if (this.isInverseStale) this.inverse.copy(this.matrix).invert();
    this.isInverseStale = false;
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
