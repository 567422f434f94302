/**
 * The camera: what visitors do to it (camera-controls), flights from place to place, and what is free
 * of panels. States are in the coordinates of the scene; three.js has `y` and `z` turned round.
 */
import type CameraControls from "camera-controls";
import { Box3, PerspectiveCamera, Sphere, Vector3 } from "three";
import type { Bounds } from "../scene/blocks";
import type { CameraState, Vector } from "./camera";
import { nearestDepth } from "./clipping";
import { aimOf, controlsOf, NEAREST, put, stateOf, take } from "./controls";
import { basis, between, eased, extentOf, fitted } from "./fit";
import type { Corner, Insets } from "./labelPlacer";
import { type How, Leading } from "./leading";
import type { Framing } from "./staging";
import { plus } from "./vectors";

const FIELD_OF_VIEW = 18;
const FLIGHT_MS = 800;
/** From a little to the left and above, so that heads are seen one behind the other. */
const HOME = { azimuth: -0.34, elevation: 0.14 };
/** On a phone a model that is wider than high is seen more from aside: it is narrower, and so nearer. */
const UPRIGHT = { azimuth: -0.66, elevation: 0.2 };
const MARGIN_PX = 24;
const UPRIGHT_MARGIN_PX = 10;
const NO_INSETS: Insets = { left: 0, top: 0, right: 0, bottom: 0 };

export class CameraRig {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 1, 1000);
  readonly controls: CameraControls;
  private insets = NO_INSETS;
  private width = 1;
  private height = 1;
  private whole: readonly Bounds[] = [];
  private headroom = 0;
  private radius = 1;
  private flight: { from: CameraState; to: CameraState; elapsedMs: number } | null = null;
  private hasMoved = true;
  private isResting = true;
  /** Whether everything was shown, and nothing has moved the camera since. */
  private isWhole = false;
  private readonly leading = new Leading();

  /** `wake`: something moved the camera, so that a frame is due. */
  constructor(
    canvas: HTMLCanvasElement,
    private readonly options: { reducedMotion: boolean; wake: () => void },
  ) {
    this.controls = controlsOf(this.camera, canvas, options.reducedMotion);
    const { controls } = this;
    const wake = (): void => {
      this.flight = null;
      this.isResting = false;
      options.wake();
    };
    controls.addEventListener("controlstart", wake);
    controls.addEventListener("control", wake);
    controls.addEventListener("control", () => (this.isWhole = false));
    controls.addEventListener("rest", () => (this.isResting = true));
  }

  /**
   * The parts that fit-to-view shows, and that one cannot get far away from; `headroom`: CSS pixels that
   * are to be free above them.
   */
  setWhole(parts: readonly Bounds[], headroom = 0): void {
    this.whole = parts;
    this.headroom = headroom;
    const box = new Box3();
    for (const { min, max } of parts) {
      box.expandByPoint(new Vector3(min[0], -min[1], -min[2]));
      box.expandByPoint(new Vector3(max[0], -max[1], -max[2]));
    }
    this.radius = box.isEmpty() ? 1 : box.getBoundingSphere(new Sphere()).radius;
    this.controls.setBoundary(box.isEmpty() ? undefined : box.expandByScalar(this.radius * 0.12));
    this.limit();
  }

  resize(width: number, height: number): void {
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    this.frame();
  }

  /** `keepsWhole`: what was seen whole is so in the room that there is now; else it moves into the middle of that. */
  setInsets(insets: Insets, keepsWhole = true): void {
    this.insets = insets;
    this.isWhole &&= keepsWhole;
    this.frame();
  }

  get state(): CameraState {
    return stateOf(this.controls);
  }

  set state(state: CameraState) {
    this.flight = null;
    this.isWhole = false;
    this.apply(state);
  }

  /** What the camera looks at now, in the coordinates of the scene. */
  get target(): Vector {
    return stateOf(this.controls).target;
  }

  /** What dragging does from now on: with shift it turns. */
  takes(event: PointerEvent | WheelEvent): void {
    if (event instanceof PointerEvent) take(this.controls, event);
  }

  /** Whether a flight or a movement of the visitor's is under way. */
  get isMoving(): boolean {
    return this.flight !== null || !this.isResting;
  }

  /** The state that shows all of `parts`; the whole model when there are none. */
  stateFor(
    parts: readonly Bounds[],
    options: {
      azimuth?: number;
      elevation?: number;
      marginPx?: number;
      headroom?: number;
    } = {},
  ): CameraState {
    const { insets } = this;
    const isUpright = this.width < this.height - insets.top - insets.bottom;
    const { azimuth, elevation } = { ...(isUpright ? UPRIGHT : HOME), ...options };
    const margin = options.marginPx ?? (isUpright ? UPRIGHT_MARGIN_PX : MARGIN_PX);
    const freeWidth = this.width - insets.left - insets.right - 2 * margin;
    const freeHeight = this.height - insets.top - insets.bottom - 2 * margin;
    const slope = Math.tan((FIELD_OF_VIEW * Math.PI) / 360) / this.height;
    const { up } = basis(azimuth, elevation);
    const shown = parts.length > 0 ? parts : this.whole;
    const leaving = (above: number, below: number): CameraState => {
      const height = Math.max(freeHeight - above - below, 40);
      const slopes = [Math.max(freeWidth, 40) * slope, height * slope] as const;
      const state = fitted(shown, azimuth, elevation, slopes);
      // What is kept free is above, or below: everything stands lower, or higher, by half of it.
      const lower = (above - below) * slope * state.distance;
      const target = plus(state.target, [up[0] * lower, up[1] * lower, up[2] * lower]);
      return { ...state, target };
    };
    const above = options.headroom ?? (parts.length > 0 ? 0 : this.headroom);
    const state = leaving(above, 0);
    if (parts.length > 0) return state;
    const top = this.coveredBy("top", shown, state);
    const bottom = this.coveredBy("bottom", shown, state);
    return top + bottom > 0 ? leaving(above + top, bottom) : state;
  }

  /** CSS pixels that buttons at an edge take, if they cover any of `parts` as seen from `state`; else 0. */
  private coveredBy(edge: Corner["edge"], parts: readonly Bounds[], state: CameraState): number {
    const { insets, width, height } = this;
    const corners = insets.corners?.filter((corner) => corner.edge === edge) ?? [];
    if (corners.length === 0) return 0;
    const perPx = (2 * Math.tan((FIELD_OF_VIEW * Math.PI) / 360)) / height;
    const acrossPx = (width - insets.left - insets.right) / 2;
    const downPx = (height - insets.top - insets.bottom) / 2;
    const extents = parts.map((part) => extentOf(part, state));
    let most = 0;
    for (const corner of corners) {
      const inner = (acrossPx - corner.width) * perPx;
      const edgeOf = (downPx - corner.height) * perPx;
      const isCovered = extents.some(
        ({ left, right, top, bottom }) =>
          (corner.side === "left" ? left < -inner : right > inner) &&
          (edge === "top" ? top > edgeOf : bottom < -edgeOf),
      );
      if (isCovered) most = Math.max(most, corner.height);
    }
    return most;
  }

  /** Everything, now and in whatever room there will be, until something moves the camera. */
  showWhole(animate: boolean): void {
    this.go(this.stateFor([]), animate);
    this.isWhole = true;
  }

  /** Fly to a state, or be there at once. */
  go(to: CameraState, animate: boolean): void {
    const distance = Math.min(Math.max(to.distance, NEAREST), this.controls.maxDistance);
    const goal = { ...to, distance };
    if (!animate || this.options.reducedMotion) this.state = goal;
    else this.flight = { from: this.state, to: goal, elapsedMs: 0 };
    this.isWhole = false;
    this.options.wake();
  }

  /**
   * Shows what a chapter frames. What the visitor did since the last time is an offset on top of that;
   * while the chapter `plays`, and after `settles`, it eases out.
   */
  lead(framing: Framing, how: How): void {
    const { leading, controls, options } = this;
    const now = { isFree: this.isResting, reducedMotion: options.reducedMotion };
    const goal = this.stateOf(framing);
    const state = leading.next(framing, goal, aimOf(controls), { ...how, ...now });
    this.flight = null;
    this.isWhole = false;
    this.apply(state);
    leading.arrived(aimOf(controls));
  }

  /** Whether an offset is easing out although nothing plays. */
  get isComing(): boolean {
    return this.leading.isSettling;
  }

  /** No chapter leads any more; the camera stays where it is. */
  release(): void {
    this.leading.release();
  }

  /** The nearest state that has the whole extent in view, in what is free of panels. */
  private stateOf({ target, azimuth, elevation, width, height, near }: Framing): CameraState {
    const { left, right, top, bottom } = this.insets;
    const slope = Math.tan((FIELD_OF_VIEW * Math.PI) / 360) / this.height;
    const slopeX = Math.max(this.width - left - right - 24, 40) * slope;
    const slopeY = Math.max(this.height - top - bottom - 24, 40) * slope;
    const distance = Math.max(width / (2 * slopeX), height / (2 * slopeY)) + near;
    return { target, azimuth, elevation, distance: Math.max(distance, NEAREST) };
  }

  /** Advance by `elapsedMs`; true: the camera is not where it was. */
  update(elapsedMs: number): boolean {
    const { flight } = this;
    if (flight !== null) {
      flight.elapsedMs += elapsedMs;
      const share = eased(flight.elapsedMs / FLIGHT_MS);
      this.apply(between(flight.from, flight.to, share));
      if (share >= 1) this.flight = null;
    }
    const distance = this.controls.distance;
    // A tenth of a pixel or so.
    this.controls.restThreshold = distance * 1e-4;
    const isTurning = this.controls.update(elapsedMs / 1000);
    // There is no rest after a movement that comes to nothing, at a limit for example.
    if (!isTurning) this.isResting = true;
    const moved = isTurning || this.hasMoved;
    this.hasMoved = false;
    if (moved) {
      const { camera } = this;
      camera.far = distance + this.radius * 2.4;
      camera.updateMatrixWorld(true);
      camera.near = Math.min(nearestDepth(camera, this.whole), camera.far * 0.5);
      camera.updateProjectionMatrix();
    }
    return moved;
  }

  /**
   * Turn, zoom and pan about the depth of what is under the pointer: nothing moves now, but
   * what is pointed at will stay under the pointer. `depth`: its distance from the eye.
   */
  anchor(depth: number): void {
    if (this.isMoving || Math.abs(depth - this.controls.distance) < 0.01) return;
    const { camera, controls } = this;
    const eye = camera.position;
    const ahead = camera.getWorldDirection(new Vector3());
    const target = ahead.multiplyScalar(Math.max(depth, NEAREST)).add(eye);
    void controls.setLookAt(eye.x, eye.y, eye.z, target.x, target.y, target.z, false);
  }

  /** Pan by CSS pixels. */
  pan(rightPx: number, downPx: number): void {
    const perPx =
      (2 * this.controls.distance * Math.tan((FIELD_OF_VIEW * Math.PI) / 360)) / this.height;
    this.move(() => void this.controls.truck(rightPx * perPx, downPx * perPx, true));
  }

  /** Zoom about the middle of the view; above 1 is nearer. */
  zoom(factor: number): void {
    this.move(() => void this.controls.dollyTo(this.controls.distance / factor, true));
  }

  turn(azimuth: number, elevation: number): void {
    this.move(() => void this.controls.rotate(azimuth, -elevation, true));
  }

  dispose(): void {
    this.controls.dispose();
  }

  private move(act: () => void): void {
    this.flight = null;
    this.isWhole = false;
    this.isResting = false;
    act();
    this.options.wake();
  }

  private apply(state: CameraState): void {
    put(this.controls, state);
    this.hasMoved = true;
  }

  /** What the camera looks at stands in the middle of what is free of panels. */
  private frame(): void {
    const { camera, insets, width, height } = this;
    const x = (insets.right - insets.left) / 2;
    const y = (insets.bottom - insets.top) / 2;
    camera.aspect = width / height;
    camera.setViewOffset(width, height, x, y, width, height);
    // The wheel zooms to where the pointer is as seen from that middle.
    this.controls.setViewport(-x, y, width, height);
    this.limit();
    this.hasMoved = true;
    // What a chapter frames is in view whatever is free of panels.
    const { framing } = this.leading;
    if (framing !== null) this.lead(framing, { plays: false, elapsedMs: 0 });
    else if (this.isWhole) this.showWhole(false);
  }

  private limit(): void {
    if (this.whole.length === 0) return;
    this.controls.maxDistance = Infinity;
    this.controls.maxDistance = Math.max(this.stateFor([]).distance * 1.7, NEAREST * 2);
  }
}
