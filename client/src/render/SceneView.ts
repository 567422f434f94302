/**
 * The 3D picture of models in a canvas: draws them, moves the camera, and says what is pointed at.
 *
 * Nothing is drawn, and no frame is asked for, while nothing changes.
 */
import { breath } from "../bundle/breath";
import type { CellRef } from "../bundle/cell";
import type { Lengths, LoadedModel } from "../bundle/model";
import type { TileSource } from "../bundle/tiles";
import type * as wire from "../bundle/wire";
import { indexAt } from "../scene/cells";
import type { Theme } from "../theme/palette";
import type { CameraState } from "./camera";
import { CameraRig } from "./cameraRig";
import { type Destination, stateAt } from "./destinations";
import { Emitter } from "./emitter";
import { type Frame, Frames } from "./frames";
import type { Highlight } from "./highlight";
import { moveByKey } from "./keys";
import type { Insets } from "./labelPlacer";
import { Lettering } from "./lettering";
import { cellSize, locate, type Located, locateCell } from "./locating";
import { titleRoom } from "./modelTitle";
import { Picture } from "./picture";
import { listen } from "./pointer";
import { type PointerReport, Pointing } from "./pointing";
import { Projector } from "./projector";
import { Stage } from "./stage";
import type { Texts } from "./standing";
import type { Staging } from "./staging";

export type { PointerReport };

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

export interface SceneOptions {
  readonly theme: Theme;
  readonly reducedMotion?: boolean;
}

const NO_INSETS: Insets = { left: 0, top: 0, right: 0, bottom: 0 };
/** How long after the first picture what is needed later is made. */
const PREPARE_MS = 1500;
/** So long the first picture waits for its values; those of a large model take longer. */
const PATIENCE_MS = 500;

export class SceneView {
  /** For tests and measurements. */
  readonly stats = { frames: 0, drawCalls: 0 };
  private readonly stage: Stage;
  private readonly rig: CameraRig;
  private readonly projector = new Projector();
  private readonly events = new Emitter<SceneEvents>();
  private readonly cleanups: (() => void)[] = [];
  private readonly reducedMotion: boolean;
  private readonly lettering: Lettering;
  private readonly picture: Picture;
  private readonly pointing: Pointing;
  private readonly frames: Frames;
  private theme: Theme;
  private insets = NO_INSETS;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private isPrepared = false;
  private isDisposed = false;

  /**
   * A view, made in several tasks: the context, its shaders and its letters each take a good while.
   * Throws NoWebGL2. `isWanted`: false when the canvas has gone meanwhile; then null comes back.
   */
  static async create(
    canvas: HTMLCanvasElement,
    options: SceneOptions,
    isWanted: () => boolean = () => true,
  ): Promise<SceneView | null> {
    const context = await Stage.contextOf(canvas);
    if (!isWanted()) return null;
    const stage = new Stage(canvas, context);
    await breath();
    if (!isWanted()) {
      stage.dispose();
      return null;
    }
    const view = new SceneView(canvas, stage, options);
    await breath();
    await view.prepare(isWanted);
    return view;
  }

  private constructor(canvas: HTMLCanvasElement, stage: Stage, options: SceneOptions) {
    this.theme = options.theme;
    this.reducedMotion = options.reducedMotion ?? false;
    this.stage = stage;
    const wake = (): void => this.frames.wake();
    this.rig = new CameraRig(canvas, { reducedMotion: this.reducedMotion, wake });
    stage.resize();
    this.lettering = new Lettering(stage);
    this.lettering.setTheme(this.theme);
    stage.setTheme(this.theme);
    const touch = (): void => this.touch();
    this.picture = new Picture(stage, this.lettering, this.theme, touch);
    this.pointing = new Pointing(this.picture);
    const { rig } = this;
    this.frames = new Frames({
      get isMoving() {
        return rig.isMoving;
      },
      move: (elapsedMs) => this.move(elapsedMs),
      point: (frame) => {
        const report = this.pointing.look(frame);
        if (report !== null) this.events.emit("hover", report);
      },
      draw: (frame, fineness) => this.draw(frame, fineness),
    });
    this.listen(canvas);
    this.resize();
  }

  /** Programs and letters, before the first model needs them. */
  private async prepare(isWanted: () => boolean): Promise<void> {
    const compiled = this.stage.compile(this.rig.camera);
    await this.lettering.prepare(isWanted);
    await compiled;
  }

  on<T extends keyof SceneEvents>(type: T, handler: (event: SceneEvents[T]) => void): () => void {
    return this.events.on(type, handler);
  }

  /**
   * The models of the scene, side by side in this order; those that stand there already stay as they
   * are. Resolves once all are drawn, or a later call has taken its place. The current model stays
   * current; when it is gone, the first is.
   */
  async setModels(models: readonly LoadedModel[], kinds: readonly wire.AxisKind[]): Promise<void> {
    this.patience ??= setTimeout(() => this.begin(), PATIENCE_MS);
    if (!(await this.picture.setModels(models, kinds))) return;
    this.setWhole();
    this.updateProjectors();
    this.begin();
    this.prepareLater();
  }

  /** From now on there is something to draw. */
  private begin(): void {
    clearTimeout(this.patience);
    this.frames.isEmpty = false;
    this.stage.canvas.style.visibility = "";
    this.touch();
  }

  /** What is needed near by and in tours, once the first picture has been seen. */
  private prepareLater(): void {
    if (this.isPrepared) return;
    this.isPrepared = true;
    const timer = setTimeout(() => void this.warm(), PREPARE_MS);
    this.cleanups.push(() => clearTimeout(timer));
  }

  private async warm(): Promise<void> {
    const { stage, rig, picture } = this;
    const variants = picture.cells.variants();
    await stage.compile(rig.camera, [variants, stage.shrinking]);
    if (this.frames.isLost || this.isDisposed) return;
    stage.warm(rig.camera, rig.target, variants);
  }

  /** The model that is meant where none is named. */
  get current(): LoadedModel | null {
    return this.picture.current?.model ?? null;
  }

  /** Whether a model is drawn, not on its way. */
  isStanding(model: LoadedModel): boolean {
    return this.picture.standingOf(model) !== undefined;
  }

  /** Does nothing when the model is not in the scene. */
  setCurrent(model: LoadedModel): void {
    const standing = this.picture.standingOf(model);
    if (standing !== undefined) this.picture.setCurrent(standing);
    this.touch();
  }

  /**
   * New values of a model, which may come to the scene later; null: none any more. `texts` by the
   * input whose tokens they are of. Cells past `lengths` are drawn as empty.
   */
  setTiles(
    model: LoadedModel,
    tiles: TileSource | null,
    lengths: Lengths,
    texts: Texts = {},
    nextTexts: ReadonlyMap<number, string> = new Map(),
    place: number | null = null,
  ): void {
    this.picture.setTiles(model, { tiles, lengths, texts, nextTexts, place });
    this.touch();
  }

  setTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    this.stage.setTheme(theme);
    this.lettering.setTheme(theme);
    this.picture.setTheme(theme);
    this.touch();
  }

  /** Labels in another language: what they are called there, by what the bundle calls them. */
  setWords(words: Readonly<Record<string, string>>): void {
    this.picture.setWords(words);
    this.touch();
  }

  setHighlight(highlight: Highlight | null): void {
    this.picture.setHighlight(highlight);
    this.touch();
  }

  /** CSS pixels at each side that panels cover. `keepsWhole`: a picture that is seen whole goes on to be. */
  setInsets(insets: Insets, keepsWhole = true): void {
    this.insets = insets;
    this.rig.setInsets(insets, keepsWhole);
    this.picture.unsettle();
    this.touch();
  }

  /** Show everything, or the whole of one model. */
  fit(animate = false, of: { readonly model?: string } = {}): void {
    if (this.picture.standings.length === 0) return;
    this.setWhole();
    if (of.model !== undefined) this.flyTo({ model: of.model }, animate);
    else this.rig.showWhole(animate);
  }

  private setWhole(): void {
    const { picture, rig } = this;
    rig.setWhole(picture.whole(), titleRoom(picture.standings.length));
  }

  /** Does nothing when there is no such place in the scene. */
  flyTo(to: Destination, animate = true): void {
    this.updateProjectors();
    const state = stateAt(to, this.picture, this.rig);
    if (state !== null) this.rig.go(state, animate);
  }

  get camera(): CameraState {
    return this.rig.state;
  }

  set camera(state: CameraState) {
    this.rig.state = state;
    this.touch();
  }

  /** What a chapter does to the current model from now on; null: nothing any more. Then comes `show`. */
  setStaging(staging: Staging | null): void {
    this.picture.setStaging(staging);
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
    const framing = this.picture.show(values);
    if (framing !== null) {
      this.rig.lead(framing, { ...how, elapsedMs: how.elapsedMs ?? 0 });
    }
    this.frames.isPlaying = how.plays;
    this.frames.drawNow();
  }

  /** Draws rims around the blocks that words point at, while a chapter is shown; null: none. */
  emphasise(tensors: ReadonlySet<string> | null): void {
    this.picture.emphasise(tensors);
    this.touch();
  }

  /** Whether the camera is still on its way to what a chapter frames, so that `show` is due again. */
  get isComing(): boolean {
    return this.rig.isComing;
  }

  /** Where a point of the current model is on the canvas, in CSS pixels. */
  locate(x: number, y: number, z: number): Located {
    return locate(this.picture.current?.projector ?? this.projector, x, y, z);
  }

  /** The cell that the filling of a tensor has come to; null when it is not being filled. */
  front(tensor: string, slab: number): CellRef | null {
    const place = this.picture.front(tensor, slab);
    const block = this.picture.current?.block(tensor);
    return place && block ? { tensor, index: indexAt(block, { slab, ...place }) } : null;
  }

  /** The largest finite magnitude of a tensor, which the full colour stands for; 0 without values. */
  scale(tensor: string): number {
    const { current } = this.picture;
    const block = current?.block(tensor);
    return block === undefined ? 0 : (current!.heap?.scales[block.id] ?? 0);
  }

  /** Where a cell of the current model is on the canvas, in CSS pixels. */
  project(cell: CellRef, model: LoadedModel | null = this.current): Located {
    this.updateProjectors();
    return locateCell(this.picture, model, cell);
  }

  /** The largest side of a cell's front on the canvas, in CSS pixels. */
  cellSize(cell: CellRef, model: LoadedModel | null = this.current): number {
    this.updateProjectors();
    return cellSize(this.picture, model, cell);
  }

  /** A PNG of the scene as it is seen, with `scale` pixels for each CSS pixel. Throws NoPicture. */
  capture(scale = 2): Promise<Blob> {
    return this.stage.capture(this.rig.camera, this.rig.state.target, scale);
  }

  /** Arrows pan (with shift: turn), + and - zoom, 0 fits. True: handled. */
  key(event: KeyboardEvent): boolean {
    return moveByKey(event, this.rig, () => this.fit(true));
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.patience);
    this.frames.dispose();
    for (const cleanup of this.cleanups) cleanup();
    this.picture.dispose();
    this.lettering.dispose();
    this.rig.dispose();
    this.stage.dispose();
    this.events.clear();
  }

  private listen(canvas: HTMLCanvasElement): void {
    const { rig, events, pointing, frames } = this;
    this.cleanups.push(
      listen(canvas, {
        move: (at) => {
          pointing.moveTo(at);
          frames.wake();
        },
        grab: (x, y, event) => {
          rig.takes(event);
          pointing.grab(x, y, rig, this.projector);
        },
        click: (x, y) => events.emit("click", pointing.report(x, y)),
        doubleClick: (x, y) => {
          const report = pointing.report(x, y);
          events.emit("dblclick", report);
          if (report.cell === null) this.fit(true);
          else if (report.model === this.current) this.flyTo({ tensor: report.cell.tensor });
        },
      }),
      this.stage.onLoss({
        lost: () => {
          frames.isLost = true;
          events.emit("contextlost", undefined);
        },
        restored: () => {
          frames.isLost = false;
          // three.js starts anew with a black background.
          this.stage.setTheme(this.theme);
          events.emit("contextrestored", undefined);
          this.touch();
        },
      }),
    );
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(canvas);
    this.cleanups.push(() => observer.disconnect());
  }

  private resize(): void {
    if (!this.stage.resize()) return;
    this.rig.resize(this.stage.width, this.stage.height);
    // The canvas is cleared when its size changes: draw before the page is shown, not a frame later.
    if (this.picture.standings.length > 0 && !this.frames.isLost) this.frames.drawNow();
    else this.frames.wake();
  }

  /** Something that is drawn has changed. */
  private touch(): void {
    this.frames.touch();
  }

  private move(elapsedMs: number): boolean {
    if (!this.rig.update(elapsedMs)) return false;
    this.updateProjectors();
    this.events.emit("camera", this.rig.state);
    return true;
  }

  private draw({ elapsedMs, hasMoved, isMoving }: Frame, fineness: number): boolean {
    const { stage, rig, picture, stats } = this;
    stage.setFineness(fineness);
    const fadeMs = this.reducedMotion ? Infinity : elapsedMs;
    const isChanging = picture.update(this.insets, fadeMs, { hasMoved, isAtRest: !isMoving });
    stage.draw(rig.camera, rig.target);
    stats.frames += 1;
    stats.drawCalls = stage.calls;
    this.events.emit("draw", undefined);
    return isChanging;
  }

  private updateProjectors(): void {
    const { width, height } = this.stage;
    const { camera } = this.rig;
    this.projector.update(camera, width, height);
    for (const { projector, offset } of this.picture.standings) {
      projector.update(camera, width, height, offset);
    }
  }
}
