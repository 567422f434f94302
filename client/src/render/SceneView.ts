/**
 * The 3D picture of models in a canvas: draws them, moves the camera, and says what is pointed at.
 *
 * Nothing is drawn, and no frame is asked for, while nothing changes.
 */
import type { CellRef } from "../bundle/cell";
import type { Lengths, LoadedModel } from "../bundle/model";
import type { TileSource } from "../bundle/tiles";
import type * as wire from "../bundle/wire";
import { boundsOf } from "../scene/blocks";
import { indexAt, isInRun, placeOf, positionOf } from "../scene/cells";
import { pick } from "../scene/picking";
import type { Theme } from "../theme/palette";
import { Atlas } from "./atlas";
import { CameraRig } from "./cameraRig";
import type { CameraState } from "./camera";
import { GlyphMesh } from "./glyphMesh";
import type { Highlight } from "./highlight";
import { moveByKey } from "./keys";
import { LabelLayer, stateTexture } from "./labelLayer";
import type { Insets } from "./labelPlacer";
import { Pace } from "./pace";
import { Picture, type Texts } from "./picture";
import { listen } from "./pointer";
import { Projector } from "./projector";
import { Stage } from "./stage";
import type { Staging } from "./staging";

export interface PointerReport {
  /** Whose cell it is; null with the cell. */
  readonly model: LoadedModel | null;
  /** What is pointed at; null: nothing, or a cell that has no value in this run. */
  readonly cell: CellRef | null;
  /** CSS pixels in the canvas. */
  readonly x: number;
  readonly y: number;
}

export interface SceneEvents {
  hover: PointerReport;
  click: PointerReport;
  dblclick: PointerReport;
  /** The camera has moved. */
  camera: CameraState;
  contextlost: undefined;
  contextrestored: undefined;
  /** A frame was drawn. */
  draw: undefined;
}

/** A place of the current model, or a model by its name. */
export type Destination =
  | { readonly tensor: string }
  | { readonly module: string; readonly layer: number | null }
  | { readonly cell: CellRef }
  | { readonly model: string };

type Handler<T> = (event: T) => void;

const NO_INSETS: Insets = { left: 0, top: 0, right: 0, bottom: 0 };
/** Longer gaps between frames are pauses, not slow frames. */
const LONGEST_FRAME_MS = 64;

export class SceneView {
  /** For tests and measurements. */
  readonly stats = { frames: 0, drawCalls: 0 };
  private readonly stage: Stage;
  private readonly rig: CameraRig;
  private readonly projector = new Projector();
  private readonly pace = new Pace();
  private readonly handlers = new Map<keyof SceneEvents, Set<Handler<never>>>();
  private readonly cleanups: (() => void)[] = [];
  private readonly reducedMotion: boolean;
  private atlas: Atlas;
  private glyphs: GlyphMesh;
  private labels: LabelLayer;
  private models: readonly LoadedModel[] = [];
  private model: LoadedModel | null = null;
  private kinds: readonly wire.AxisKind[] = [];
  private picture: Picture | null = null;
  private theme: Theme;
  private insets = NO_INSETS;
  private request = 0;
  private lastFrame = 0;
  private isDirty = true;
  private wasMoving = false;
  private isLost = false;
  private isPlaying = false;
  private pointer: readonly [number, number] | null = null;
  private isPointerNew = false;
  private hovered: string | null = null;

  /** Throws NoWebGL2. */
  constructor(
    canvas: HTMLCanvasElement,
    options: { readonly theme: Theme; readonly reducedMotion?: boolean },
  ) {
    this.theme = options.theme;
    this.reducedMotion = options.reducedMotion ?? false;
    this.stage = new Stage(canvas);
    this.rig = new CameraRig(canvas, {
      reducedMotion: this.reducedMotion,
      wake: () => this.wake(),
    });
    this.stage.resize();
    this.atlas = new Atlas(this.stage.ratio.value);
    [this.glyphs, this.labels] = this.makeText();
    this.stage.setTheme(this.theme);
    this.listen(canvas);
    this.resize();
  }

  on<T extends keyof SceneEvents>(type: T, handler: Handler<SceneEvents[T]>): () => void {
    const set = this.handlers.get(type) ?? new Set();
    this.handlers.set(type, set);
    set.add(handler as Handler<never>);
    return () => void set.delete(handler as Handler<never>);
  }

  /**
   * The models of the scene, side by side in this order; those that stand there already stay as they
   * are. Resolves once all are drawn. The current model stays current; when it is gone, the first is.
   */
  async setModels(models: readonly LoadedModel[], kinds: readonly wire.AxisKind[]): Promise<void> {
    this.models = models;
    this.kinds = kinds;
    const current = models.find((each) => each === this.model) ?? models[0] ?? null;
    if (current === this.model) return;
    this.model = current;
    this.rebuild();
  }

  /** The model that is meant where none is named. */
  get current(): LoadedModel | null {
    return this.model;
  }

  /** Does nothing when the model is not in the scene. */
  setCurrent(model: LoadedModel): void {
    if (model === this.model || !this.models.includes(model)) return;
    this.model = model;
    this.rebuild();
  }

  /**
   * New values of a model; null: none any more. `texts` by the input whose tokens they are of.
   * Cells past `lengths` are drawn as empty.
   */
  setTiles(
    model: LoadedModel,
    tiles: TileSource | null,
    lengths: Lengths,
    texts: Texts = {},
  ): void {
    if (model !== this.model || tiles === null) return;
    this.picture?.setTiles(tiles, lengths, texts, () => this.touch());
    this.touch();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.stage.setTheme(theme);
    this.glyphs.setTheme(theme);
    this.picture?.setTheme(theme);
    this.touch();
  }

  setHighlight(highlight: Highlight | null): void {
    this.picture?.setHighlight(highlight);
    this.touch();
  }

  /** CSS pixels at each side that panels cover. */
  setInsets(insets: Insets): void {
    this.insets = insets;
    this.rig.setInsets(insets);
    this.picture?.unsettle();
    this.touch();
  }

  /** Show everything, or the whole of one model. */
  fit(animate = false, of: { readonly model?: string } = {}): void {
    if (this.picture === null) return;
    if (of.model !== undefined && of.model !== this.model?.spec.name) return;
    this.rig.setWhole(this.picture.whole);
    this.rig.go(this.rig.stateFor([]), animate);
  }

  /** Does nothing when there is no such place in the scene. */
  flyTo(to: Destination, animate = true): void {
    const { picture, rig } = this;
    if (picture === null) return;
    if ("model" in to) {
      this.fit(animate, to);
      return;
    }
    if ("module" in to) {
      const section = picture.sections.find(
        ({ path, module, layer }) =>
          layer === to.layer && (path === to.module || module === to.module),
      );
      if (section) rig.go(rig.stateFor([section.bounds], { marginPx: 40 }), animate);
      else if (to.module === "") this.fit(animate);
      return;
    }
    const block = picture.byTensor.get("cell" in to ? to.cell.tensor : to.tensor);
    if (block === undefined) return;
    // Heads one behind the other are seen from aside; what is flat, more from the front.
    const view =
      block.depth.length > 1
        ? { azimuth: -0.4, elevation: 0.22 }
        : { azimuth: -0.16, elevation: 0.1 };
    const whole = rig.stateFor([boundsOf([block])], { ...view, marginPx: 56 });
    if (!("cell" in to)) {
      rig.go(whole, animate);
      return;
    }
    // As near as shows figures in the cells, but not nearer than shows the whole block.
    const target = positionOf(block, placeOf(block, to.cell.index));
    const near = this.projector.focal / 30;
    rig.go({ ...whole, target, distance: Math.max(Math.min(whole.distance, near), 28) }, animate);
  }

  get camera(): CameraState {
    return this.rig.state;
  }

  set camera(state: CameraState) {
    this.rig.state = state;
    this.touch();
  }

  /** What a chapter does to the picture from now on; null: nothing any more. Then comes `show`. */
  setStaging(staging: Staging | null): void {
    this.picture?.setStaging(staging);
    if (staging === null) this.rig.release();
    this.touch();
  }

  /**
   * Shows a moment of the chapter, and draws it: one number for each of its tracks. While it
   * `plays`, the camera that the visitor has moved is eased back; `settles`: it comes from wherever
   * it is, now.
   */
  show(
    values: ArrayLike<number>,
    how: { readonly plays: boolean; readonly settles?: boolean; readonly elapsedMs?: number },
  ): void {
    if (this.picture === null) return;
    const framing = this.picture.show(values);
    if (framing !== null) {
      this.rig.lead(framing, { ...how, elapsedMs: how.elapsedMs ?? 0 });
    }
    this.isDirty = true;
    this.isPlaying = how.plays;
    this.frame(performance.now());
  }

  /** Draws rims around the blocks that words point at, while a chapter is shown; null: none. */
  emphasise(tensors: ReadonlySet<string> | null): void {
    this.picture?.emphasise(tensors);
    this.touch();
  }

  /** Whether the camera is still on its way to what a chapter frames, so that `show` is due again. */
  get isComing(): boolean {
    return this.rig.isComing;
  }

  /** Where a point of the scene is on the canvas, in CSS pixels. */
  locate(x: number, y: number, z: number): { x: number; y: number; visible: boolean } {
    const visible = this.projector.project(x, y, z);
    return { x: this.projector.x, y: this.projector.y, visible };
  }

  /** The cell that the filling of a tensor has come to; null when it is not being filled. */
  front(tensor: string, slab: number): CellRef | null {
    const place = this.picture?.front(tensor, slab);
    const block = this.picture?.byTensor.get(tensor);
    return place && block ? { tensor, index: indexAt(block, { slab, ...place }) } : null;
  }

  /** The largest finite magnitude of a tensor, which the full colour stands for; 0 without values. */
  scale(tensor: string): number {
    const block = this.picture?.byTensor.get(tensor);
    return block === undefined ? 0 : this.picture!.heap.scales[block.id]!;
  }

  /** Where a cell is on the canvas, in CSS pixels. */
  project(cell: CellRef): { x: number; y: number; visible: boolean } {
    const block = this.picture?.byTensor.get(cell.tensor);
    if (block === undefined) return { x: 0, y: 0, visible: false };
    this.updateProjector();
    const { projector } = this;
    const isAhead = projector.project(...positionOf(block, placeOf(block, cell.index)));
    const { x, y } = projector;
    const visible = isAhead && x >= 0 && y >= 0 && x <= this.stage.width && y <= this.stage.height;
    return { x, y, visible };
  }

  /** The largest side of a cell's front on the canvas, in CSS pixels. */
  cellSize(cell: CellRef): number {
    const { x, y, visible } = this.project(cell);
    if (!visible) return 0;
    const block = this.picture!.byTensor.get(cell.tensor)!;
    const [cx, cy, cz] = positionOf(block, placeOf(block, cell.index));
    const { projector } = this;
    let size = 0;
    for (const [stepX, stepY] of [
      [1, 0],
      [0, 1],
    ] as const) {
      if (projector.project(cx + stepX, cy + stepY, cz)) {
        size = Math.max(size, Math.hypot(projector.x - x, projector.y - y));
      }
    }
    return size;
  }

  /** A PNG of the scene as it is seen, with `scale` pixels for each CSS pixel. Throws NoPicture. */
  capture(scale = 2): Promise<Blob> {
    return this.stage.capture(this.rig.camera, scale);
  }

  /** Arrows pan (with shift: turn), + and - zoom, 0 fits. True: handled. */
  key(event: KeyboardEvent): boolean {
    return moveByKey(event, this.rig, () => this.fit(true));
  }

  dispose(): void {
    cancelAnimationFrame(this.request);
    for (const cleanup of this.cleanups) cleanup();
    this.picture?.dispose();
    this.glyphs.dispose();
    this.labels.dispose();
    this.atlas.dispose();
    this.rig.dispose();
    this.stage.dispose();
    this.handlers.clear();
  }

  private makeText(): [GlyphMesh, LabelLayer] {
    const state = { value: stateTexture() };
    const glyphs = new GlyphMesh(this.atlas, this.stage, state);
    const labels = new LabelLayer(glyphs, state);
    glyphs.setTheme(this.theme);
    this.stage.scene.add(glyphs.mesh);
    return [glyphs, labels];
  }

  private rebuild(): void {
    if (this.model === null) return;
    this.picture?.dispose();
    const { model, kinds, stage, glyphs, theme, labels } = this;
    this.picture = new Picture(model.spec, kinds, stage, glyphs, theme, labels);
    this.touch();
  }

  private listen(canvas: HTMLCanvasElement): void {
    this.cleanups.push(
      listen(canvas, {
        move: (at) => {
          this.pointer = at;
          this.isPointerNew = true;
          this.wake();
        },
        grab: (x, y, event) => {
          const { controls } = this.rig;
          if (event instanceof PointerEvent) {
            const { ACTION } = controls.constructor as typeof import("camera-controls").default;
            controls.mouseButtons.left = event.shiftKey ? ACTION.ROTATE : ACTION.TRUCK;
          }
          this.grab(x, y);
        },
        click: (x, y) => this.emit("click", this.report(x, y)),
        doubleClick: (x, y) => {
          const report = this.report(x, y);
          this.emit("dblclick", report);
          if (report.cell === null) this.fit(true);
          else this.flyTo({ tensor: report.cell.tensor });
        },
      }),
    );
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(canvas);
    this.cleanups.push(() => observer.disconnect());
    const onLost = (): void => {
      this.isLost = true;
      this.emit("contextlost", undefined);
    };
    const onRestored = (): void => {
      this.isLost = false;
      // three.js starts anew with a black background.
      this.stage.setTheme(this.theme);
      this.emit("contextrestored", undefined);
      this.touch();
    };
    canvas.addEventListener("webglcontextlost", onLost);
    canvas.addEventListener("webglcontextrestored", onRestored);
    this.cleanups.push(() => {
      canvas.removeEventListener("webglcontextlost", onLost);
      canvas.removeEventListener("webglcontextrestored", onRestored);
    });
  }

  private resize(): void {
    if (!this.stage.resize()) return;
    this.rig.resize(this.stage.width, this.stage.height);
    // The canvas is cleared when its size changes: draw before the page is shown, not a frame later.
    if (this.picture !== null && !this.isLost) {
      this.isDirty = true;
      this.frame(performance.now());
    } else this.wake();
  }

  private emit<T extends keyof SceneEvents>(type: T, event: SceneEvents[T]): void {
    for (const handler of this.handlers.get(type) ?? [])
      (handler as Handler<SceneEvents[T]>)(event);
  }

  /** Something that is drawn has changed. */
  private touch(): void {
    this.isDirty = true;
    this.wake();
  }

  private wake(): void {
    if (this.request === 0) this.request = requestAnimationFrame((now) => this.frame(now));
  }

  private frame(now: number): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    const interval = now - this.lastFrame;
    this.lastFrame = now;
    const elapsed = Math.min(Math.max(interval, 1), LONGEST_FRAME_MS);
    const { rig, picture, projector, stage, pace } = this;
    if ((rig.isMoving || this.isPlaying) && this.wasMoving) pace.note(interval);
    const hasMoved = rig.update(elapsed);
    const isMoving = rig.isMoving || this.isPlaying;
    // What was drawn coarsely while it moved is drawn in full once it rests.
    if (hasMoved || (this.wasMoving && !isMoving)) this.isDirty = true;
    this.wasMoving = isMoving;
    if (hasMoved) {
      this.updateProjector();
      this.emit("camera", rig.state);
    }
    if (this.isPointerNew || (hasMoved && this.pointer !== null && !isMoving)) this.hover();
    if (this.isDirty && !this.isLost) {
      this.isDirty = false;
      stage.setFineness(isMoving ? pace.scale : 1);
      const fade = this.reducedMotion ? Infinity : elapsed;
      const state = { hasMoved, isAtRest: !isMoving };
      const isChanging = picture?.update(projector, this.insets, fade, state) ?? false;
      stage.draw(rig.camera);
      this.stats.frames += 1;
      this.stats.drawCalls = stage.renderer.info.render.calls;
      this.emit("draw", undefined);
      if (isChanging) this.isDirty = true;
    }
    // What plays asks for its own frames.
    if (!this.isPlaying && (this.isDirty || isMoving)) this.wake();
  }

  private updateProjector(): void {
    this.projector.update(this.rig.camera, this.stage.width, this.stage.height);
  }

  private grab(x: number, y: number): void {
    if (this.picture === null) return;
    const ray = this.projector.rayThrough(x, y);
    const hit = pick(this.picture.pickable, ray);
    if (hit === null) return;
    const { camera } = this.rig;
    // Along the axis of the view, not along the ray.
    const m = camera.matrixWorld.elements;
    const [dx, dy, dz] = ray.direction;
    this.rig.anchor(hit.distance * -(dx * m[8]! - dy * m[9]! - dz * m[10]!));
  }

  private hover(): void {
    this.isPointerNew = false;
    const report: PointerReport =
      this.pointer === null
        ? { model: null, cell: null, x: 0, y: 0 }
        : this.report(...this.pointer);
    const key = report.cell === null ? null : `${report.cell.tensor}/${report.cell.index.join()}`;
    if (key === this.hovered && key === null) return;
    this.hovered = key;
    this.emit("hover", report);
  }

  private report(x: number, y: number): PointerReport {
    const nothing = { model: null, cell: null, x, y };
    if (this.picture === null) return nothing;
    const hit = pick(this.picture.pickable, this.projector.rayThrough(x, y));
    if (hit === null || !isInRun(hit.block, hit, this.picture.lengths)) return nothing;
    return {
      model: this.model,
      cell: { tensor: hit.block.tensor, index: indexAt(hit.block, hit) },
      x,
      y,
    };
  }
}
