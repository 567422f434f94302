/**
 * The 3D picture of models in a canvas: draws them, moves the camera, and says what is pointed at.
 *
 * Nothing is drawn, and no frame is asked for, while nothing changes.
 */
import type { RawShaderMaterial } from "three";
import { breath } from "../bundle/breath";
import type { CellRef } from "../bundle/cell";
import type { Lengths, LoadedModel } from "../bundle/model";
import type { TileSource } from "../bundle/tiles";
import type * as wire from "../bundle/wire";
import { indexAt, isInRun } from "../scene/cells";
import type { Theme } from "../theme/palette";
import { Atlas } from "./atlas";
import type { CameraState } from "./camera";
import { CameraRig } from "./cameraRig";
import { type Destination, stateAt } from "./destinations";
import { Emitter } from "./emitter";
import { GlyphMesh } from "./glyphMesh";
import { glyphMaterial, setHalo } from "./glyphShader";
import type { Highlight } from "./highlight";
import { moveByKey } from "./keys";
import { LabelLayer } from "./labelLayer";
import { LabelStates } from "./labelStates";
import type { Insets } from "./labelPlacer";
import { cellSize, locate, type Located, locateCell } from "./locating";
import { titleRoom } from "./modelTitle";
import { Pace } from "./pace";
import { Picture } from "./picture";
import { listen } from "./pointer";
import { Projector } from "./projector";
import { Stage } from "./stage";
import type { Texts } from "./standing";
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

export interface SceneOptions {
  readonly theme: Theme;
  readonly reducedMotion?: boolean;
}

const NO_INSETS: Insets = { left: 0, top: 0, right: 0, bottom: 0 };
/** Longer gaps between frames are pauses, not slow frames. */
const LONGEST_FRAME_MS = 64;
/** How long after the first picture what is needed later is made. */
const PREPARE_MS = 1500;
/** So long after a movement the picture is drawn in full again. */
const COARSE_MS = 250;
/** Letters that nearly every label has; the others are drawn as they are met. */
const LETTERS = "abcdefghiklmnopqrstuvwxyABCDEHKLMNOPQRSTVW0123456789 .-−";

export class SceneView {
  /** For tests and measurements. */
  readonly stats = { frames: 0, drawCalls: 0 };
  private readonly stage: Stage;
  private readonly rig: CameraRig;
  private readonly projector = new Projector();
  private readonly pace = new Pace();
  private readonly events = new Emitter<SceneEvents>();
  private readonly cleanups: (() => void)[] = [];
  private readonly reducedMotion: boolean;
  private readonly atlas: Atlas;
  private readonly letters: RawShaderMaterial;
  private readonly glyphs: readonly GlyphMesh[];
  private readonly labels: LabelLayer;
  private readonly picture: Picture;
  private theme: Theme;
  private insets = NO_INSETS;
  private request = 0;
  private lastFrame = 0;
  private isDirty = true;
  private wasMoving = false;
  private isLost = false;
  private isPrepared = false;
  private isDisposed = false;
  private isPlaying = false;
  private lastMoved = -Infinity;
  private isDrawnCoarse = false;
  private refining: ReturnType<typeof setTimeout> | undefined;
  private pointer: readonly [number, number] | null = null;
  private isPointerNew = false;
  private hovered: string | null = null;

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
    this.rig = new CameraRig(canvas, {
      reducedMotion: this.reducedMotion,
      wake: () => this.wake(),
    });
    stage.resize();
    this.atlas = new Atlas(stage.ratio.value);
    const states = new LabelStates();
    this.letters = glyphMaterial(this.atlas, stage, states.texture);
    this.glyphs = [1, 2].map(() => new GlyphMesh(this.atlas, this.letters));
    const [printed, glyphs] = this.glyphs as [GlyphMesh, GlyphMesh];
    this.labels = new LabelLayer(glyphs, states);
    setHalo(this.letters, this.theme);
    stage.setTheme(this.theme);
    const { theme, labels } = this;
    this.picture = new Picture(stage, printed, theme, labels, () => this.touch());
    this.listen(canvas);
    this.resize();
  }

  /** Programs and letters, before the first model needs them. */
  private async prepare(isWanted: () => boolean): Promise<void> {
    const compiled = this.stage.compile(this.rig.camera);
    let start = performance.now();
    for (const letter of LETTERS) {
      this.atlas.glyph(letter);
      if (performance.now() - start < 10) continue;
      await breath();
      if (!isWanted()) return;
      start = performance.now();
    }
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
    if (!(await this.picture.setModels(models, kinds))) return;
    this.setWhole();
    this.updateProjectors();
    this.touch();
    this.prepareLater();
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
    if (this.isLost || this.isDisposed) return;
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
  ): void {
    this.picture.setTiles(model, { tiles, lengths, texts, nextTexts });
    this.touch();
  }

  setTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    this.stage.setTheme(theme);
    setHalo(this.letters, theme);
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

  /** CSS pixels at each side that panels cover. */
  setInsets(insets: Insets): void {
    this.insets = insets;
    this.rig.setInsets(insets);
    this.picture.unsettle();
    this.touch();
  }

  /** Show everything, or the whole of one model. */
  fit(animate = false, of: { readonly model?: string } = {}): void {
    if (this.picture.standings.length === 0) return;
    this.setWhole();
    if (of.model !== undefined) this.flyTo({ model: of.model }, animate);
    else this.rig.go(this.rig.stateFor([]), animate);
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
    this.isDirty = true;
    this.isPlaying = how.plays;
    this.frame(performance.now());
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
    cancelAnimationFrame(this.request);
    clearTimeout(this.refining);
    for (const cleanup of this.cleanups) cleanup();
    this.picture.dispose();
    for (const each of this.glyphs) each.dispose();
    this.letters.dispose();
    this.labels.states.dispose();
    this.atlas.dispose();
    this.rig.dispose();
    this.stage.dispose();
    this.events.clear();
  }

  private listen(canvas: HTMLCanvasElement): void {
    const { rig, events } = this;
    this.cleanups.push(
      listen(canvas, {
        move: (at) => {
          this.pointer = at;
          this.isPointerNew = true;
          this.wake();
        },
        grab: (x, y, event) => {
          rig.takes(event);
          this.grab(x, y);
        },
        click: (x, y) => events.emit("click", this.report(x, y)),
        doubleClick: (x, y) => {
          const report = this.report(x, y);
          events.emit("dblclick", report);
          if (report.cell === null) this.fit(true);
          else if (report.model === this.current) this.flyTo({ tensor: report.cell.tensor });
        },
      }),
      this.stage.onLoss({
        lost: () => {
          this.isLost = true;
          events.emit("contextlost", undefined);
        },
        restored: () => {
          this.isLost = false;
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
    if (this.picture.standings.length > 0 && !this.isLost) {
      this.isDirty = true;
      this.frame(performance.now());
    } else this.wake();
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
    const { rig, picture, stage, pace, events } = this;
    if ((rig.isMoving || this.isPlaying) && this.wasMoving) pace.note(interval);
    const hasMoved = rig.update(elapsed);
    const isMoving = rig.isMoving || this.isPlaying;
    if (hasMoved || (this.wasMoving && !isMoving)) this.isDirty = true;
    this.wasMoving = isMoving;
    if (isMoving) this.lastMoved = now;
    // What was drawn coarsely while it moved is drawn in full once it rests, but not between two moves:
    // to change the resolution takes as long as a frame.
    const isCoarse = pace.scale < 1 && now - this.lastMoved < COARSE_MS;
    if (!isCoarse && this.isDrawnCoarse) this.isDirty = true;
    if (hasMoved) {
      this.updateProjectors();
      events.emit("camera", rig.state);
    }
    if (this.isPointerNew || (hasMoved && this.pointer !== null && !isMoving)) this.hover();
    if (this.isDirty && !this.isLost) {
      this.isDirty = false;
      stage.setFineness(isCoarse ? pace.scale : 1);
      this.isDrawnCoarse = isCoarse;
      const fade = this.reducedMotion ? Infinity : elapsed;
      const isChanging = picture.update(this.insets, fade, { hasMoved, isAtRest: !isMoving });
      stage.draw(rig.camera, rig.target);
      this.stats.frames += 1;
      this.stats.drawCalls = stage.calls;
      events.emit("draw", undefined);
      if (isChanging) this.isDirty = true;
    }
    // What plays asks for its own frames.
    if (!this.isPlaying && (this.isDirty || isMoving)) this.wake();
    else if (this.isDrawnCoarse && !isMoving) {
      clearTimeout(this.refining);
      this.refining = setTimeout(() => this.wake(), COARSE_MS);
    }
  }

  private updateProjectors(): void {
    const { width, height } = this.stage;
    const { camera } = this.rig;
    this.projector.update(camera, width, height);
    for (const { projector, offset } of this.picture.standings) {
      projector.update(camera, width, height, offset);
    }
  }

  private grab(x: number, y: number): void {
    const hit = this.picture.pick(x, y);
    if (hit === null) return;
    // Along the axis of the view, not along the ray.
    const m = this.rig.camera.matrixWorld.elements;
    const [dx, dy, dz] = this.projector.rayThrough(x, y).direction;
    this.rig.anchor(hit.distance * -(dx * m[8]! - dy * m[9]! - dz * m[10]!));
  }

  private hover(): void {
    this.isPointerNew = false;
    const report: PointerReport =
      this.pointer === null
        ? { model: null, cell: null, x: 0, y: 0 }
        : this.report(...this.pointer);
    const key = report.cell && `${report.cell.tensor}/${report.cell.index.join()}`;
    if (key === this.hovered && key === null) return;
    this.hovered = key;
    this.events.emit("hover", report);
  }

  private report(x: number, y: number): PointerReport {
    const hit = this.picture.pick(x, y);
    const nothing = { model: null, cell: null, x, y };
    if (hit === null) return nothing;
    const { lengths, model } = hit.standing;
    if (!isInRun(hit.block, hit, lengths)) return nothing;
    return { model, cell: { tensor: hit.block.tensor, index: indexAt(hit.block, hit) }, x, y };
  }
}
