/** Everything that is drawn: the blocks of all models, what stands around them, and what is lit. */
import type { LoadedModel } from "../bundle/model";
import type * as wire from "../bundle/wire";
import type { Bounds } from "../scene/blocks";
import { figureOf } from "../scene/figure";
import type { Drawn, Hit } from "../scene/picking";
import { rowOf } from "../scene/row";
import { Store } from "../scene/store";
import type { Theme } from "../theme/palette";
import { BandMesh } from "./bandMesh";
import { CellMesh } from "./cellMesh";
import { NEAR_PX } from "./cellShader";
import { CellValues } from "./cellValues";
import { Cutting } from "./cutting";
import { Detail } from "./detail";
import { Filling, type Run } from "./filling";
import { FlyingValues } from "./flyingValues";
import type { Highlight } from "./highlight";
import type { LabelLayer } from "./labelLayer";
import type { Insets } from "./labelPlacer";
import type { Lettering } from "./lettering";
import { markPanels } from "./marks";
import { PanelMesh, type PanelPart } from "./panelMesh";
import { inSlices } from "./slices";
import { Spotlight } from "./spotlight";
import type { Stage } from "./stage";
import { StagedPicture } from "./stagedPicture";
import type { Framing, Staging } from "./staging";
import { Standing, type Words } from "./standing";
import { Surroundings } from "./surroundings";
import { plus } from "./vectors";

/** Rows of the texture of all values: 10.5 million pairs, 84 MB, when models are that large. */
const MOST_ROWS = 5120;
/** While the camera moves, whether cells are large is asked every so many frames. */
const NEAR_FRAMES = 4;

export class Picture {
  standings: readonly Standing[] = [];
  current: Standing | null = null;
  readonly cells: CellMesh;
  private readonly labels: LabelLayer;
  private readonly store: Store;
  private readonly bands: BandMesh;
  private readonly panels: PanelMesh;
  private readonly surroundings: Surroundings;
  private readonly spotlight: Spotlight;
  private readonly values: CellValues;
  private readonly flying: FlyingValues;
  private readonly filling: Filling;
  private readonly detail = new Detail();
  private readonly cutting = new Cutting();
  private staged: StagedPicture | null = null;
  private moment: ArrayLike<number> | null = null;
  private turn = 0;
  /** Labels in the language of the page. */
  private words: Words = {};
  private isUnsettled = true;
  private frames = 0;

  constructor(
    private readonly stage: Stage,
    { labels, printed }: Lettering,
    private theme: Theme,
    /** Something that is drawn has changed by itself. */
    private readonly wake: () => void,
  ) {
    this.labels = labels;
    this.store = new Store(Math.min(stage.renderer.capabilities.maxTextureSize, MOST_ROWS));
    this.cells = new CellMesh(this.store, stage);
    this.bands = new BandMesh(stage);
    this.panels = new PanelMesh(stage);
    this.surroundings = new Surroundings(stage, labels);
    const { cells, bands, panels } = this;
    const { rulers } = this.surroundings;
    this.spotlight = new Spotlight(stage, labels.states, { cells, bands, rulers });
    this.values = new CellValues(printed, labels);
    this.flying = new FlyingValues(printed, labels.states, this.values);
    this.filling = new Filling(this.store, cells, {
      standings: () => this.standings,
      rewrite: () => cells.write(this.standings, this.detail),
      restage: () => this.restage(),
      changed: (soon) => {
        this.values.invalidate(soon);
        this.unsettle();
        this.wake();
      },
      redecorate: () => {
        this.decorate();
        this.wake();
      },
    });
    // The order in which they are drawn; adding the text again moves it to the end.
    const { curves } = this.spotlight;
    const inTurn = [bands, cells, panels, rulers, curves, printed, labels];
    for (const { mesh } of inTurn) stage.scene.add(mesh);
    this.setTheme(theme);
  }

  /** These models and no others; false when a later call has overtaken this one. */
  async setModels(
    models: readonly LoadedModel[],
    kinds: readonly wire.AxisKind[],
  ): Promise<boolean> {
    const turn = ++this.turn;
    const isWanted = (): boolean => turn === this.turn;
    const standings: Standing[] = [];
    for (const model of models) {
      const known = this.standings.find((each) => each.model === model);
      const figure = known?.figure ?? (await inSlices(figureOf(model), isWanted));
      if (figure === null || !isWanted()) return false;
      const standing = known ?? new Standing(figure, kinds);
      standing.words = this.words;
      standings.push(standing);
    }
    const done = await inSlices(this.place(standings), isWanted);
    return done !== null;
  }

  private *place(standings: readonly Standing[]): Generator<Promise<void> | void, true> {
    const row = rowOf(standings.map(({ figure }) => figure.bounds));
    const before = this.standings;
    if (before.length > 1 !== standings.length > 1) for (const each of standings) each.redecorate();
    standings.forEach((standing, i) => (standing.offset = row[i]!));
    const current = standings.find((each) => each === this.current) ?? standings[0] ?? null;
    if (current !== this.current) this.setStaging(null);
    this.standings = standings;
    this.current = current;
    this.detail.keepOnly(standings);
    this.filling.hold();
    yield;
    for (const standing of standings) yield* this.filling.first(standing);
    this.cells.write(standings, this.detail);
    yield;
    this.bands.set(standings.map(({ figure, offset }) => ({ ribbons: figure.ribbons, offset })));
    yield;
    this.restage();
    this.decorate();
    return true;
  }

  /** What fit-to-view shows: all models, or one of them. */
  whole(model?: string): Bounds[] {
    const isOneOfSeveral = this.standings.length > 1;
    return this.standings
      .filter((each) => model === undefined || each.model.spec.name === model)
      .flatMap((each) => each.outline(isOneOfSeveral));
  }

  standingOf(model: LoadedModel): Standing | undefined {
    return this.standings.find((each) => each.model === model);
  }

  setCurrent(standing: Standing): void {
    if (standing === this.current) return;
    this.setStaging(null);
    this.current = standing;
    this.setHighlight(this.spotlight.highlight);
  }

  /** Labels in another language: what they are called there, by what the bundle calls them. */
  setWords(words: Words): void {
    this.words = words;
    for (const standing of this.standings) {
      standing.words = words;
      standing.redecorate(this.theme);
    }
    this.decorate();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.cells.programs.setTheme(theme);
    this.bands.setTheme(theme);
    for (const standing of this.standings) standing.redecorate(theme);
    this.decorate();
  }

  /** The values of a run of a model; tiles null: there are none any more. */
  setTiles(model: LoadedModel, run: Run): void {
    this.filling.set(model, run);
  }

  setHighlight(highlight: Highlight | null): void {
    const standing = highlight?.model ? this.standingOf(highlight.model) : this.current;
    this.spotlight.set(highlight, standing ?? null, this.theme);
    this.cut(highlight, standing ?? null);
    this.setPanels();
  }

  /** Blocks are cut open before the pinned cell, unless a chapter says what is seen. */
  private cut(highlight: Highlight | null, standing: Standing | null): void {
    const isShown = this.staged === null;
    if (!this.cutting.set(isShown ? highlight : null, isShown ? standing : null)) return;
    this.cells.write(this.standings, this.detail);
    this.values.invalidate();
    this.unsettle();
  }

  /**
   * Before a frame is drawn: place labels and print values for where the camera is now.
   * True: some are still fading, or have yet to be printed.
   */
  update(
    insets: Insets,
    elapsedMs: number,
    camera: { hasMoved: boolean; isAtRest: boolean },
  ): boolean {
    // What is lit may change many times while the camera stands still: the labels stay as they are.
    if (!camera.hasMoved && !this.isUnsettled) return false;
    const { theme, standings, detail } = this;
    const { isAtRest } = camera;
    // What a heap is being filled with is shown when all of it is there.
    const isFilling = standings.some(({ heap }) => heap?.isReady && heap.isFilling);
    const isCut = !isFilling && this.staged === null && this.cutting.look();
    if ((!isFilling && detail.update(standings, elapsedMs, isAtRest)) || isCut) {
      this.cells.write(standings, detail);
    }
    if (isCut) {
      this.setPanels();
      this.values.invalidate();
    }
    const isComing = this.surroundings.update(standings, theme, elapsedMs, isAtRest);
    this.frames += 1;
    if (isAtRest || this.frames % NEAR_FRAMES === 0) {
      this.cells.setNear(this.largestCell() * this.stage.ratio.value > NEAR_PX);
    }
    const isFading = this.labels.update(standings, insets, elapsedMs, camera);
    const isWaiting =
      !isFilling && this.values.update(standings, insets, theme, elapsedMs, isAtRest);
    const { staged } = this;
    if (staged !== null) this.flying.update(staged.of, staged.flying(), theme);
    this.isUnsettled = isFading || isWaiting || isComing || !isAtRest;
    this.filling.near(this.stage.ratio.value);
    return isFading || isWaiting;
  }

  /** What a chapter does to the current model from now on; null: nothing. `show` comes before the next frame. */
  setStaging(staging: Staging | null): void {
    if (staging === null && this.staged === null) return;
    const { store, cells, bands, standings, current } = this;
    this.staged?.dispose();
    const isStaged = staging !== null && current !== null;
    if (!isStaged) cells.setStaged(null);
    else if (this.cutting.set(null, null)) cells.write(standings, this.detail);
    this.staged = isStaged
      ? new StagedPicture(
          staging,
          current,
          store,
          cells,
          bands,
          bands.bandsOf(standings.indexOf(current)),
        )
      : null;
    this.moment = null;
    if (!isStaged && current !== null) this.flying.update(current, [], this.theme);
    this.labels.presence =
      this.staged === null ? null : { of: this.staged.of, blocks: this.staged.presence };
    this.values.staged = this.staged;
    this.values.invalidate();
    this.setPanels();
    this.unsettle();
  }

  /** The same chapter once more, after what it moves has moved itself. */
  private restage(): void {
    const { staged, moment } = this;
    if (staged === null) return;
    this.setStaging(staged.plan);
    if (moment !== null) this.show(moment);
  }

  /** The numbers of a moment; returns what the camera is to show, when the chapter says. */
  show(values: ArrayLike<number>): Framing | null {
    const { staged } = this;
    if (staged === null) return null;
    this.moment = values;
    staged.show(values);
    const changes = staged.takeChanges();
    if (changes.marks) this.setPanels();
    if (changes.fill) this.values.invalidate(true);
    if (changes.fill || changes.copies) this.unsettle();
    const framing = staged.framing(values);
    return framing && { ...framing, target: plus(framing.target, staged.of.offset) };
  }

  emphasise(tensors: ReadonlySet<string> | null): void {
    this.staged?.emphasise(tensors);
  }

  /** What a chapter does to the blocks of a model; null: they are drawn as they stand. */
  drawn(standing: Standing): Drawn | null {
    return this.staged?.of === standing ? this.staged : null;
  }

  /** What is under a point of the canvas, and whose it is. */
  pick(x: number, y: number): (Hit & { readonly standing: Standing }) | null {
    let nearest: (Hit & { readonly standing: Standing }) | null = null;
    for (const standing of this.standings) {
      const hit = standing.pick(x, y, this.drawn(standing));
      if (hit !== null && !(hit.distance >= (nearest?.distance ?? Infinity))) {
        nearest = { ...hit, standing };
      }
    }
    return nearest;
  }

  /** The cell that the filling of a tensor of the current model has come to. */
  front(tensor: string, slab: number): { row: number; column: number } | null {
    const { staged } = this;
    const block = staged?.of.block(tensor);
    return block === undefined ? null : staged!.front(block, slab, staged!.of.lengths);
  }

  private setPanels(): void {
    const { staged, theme, surroundings, spotlight } = this;
    const parts: PanelPart[] = [...surroundings.panels, ...this.cutting.panels(theme)];
    if (spotlight.panels !== null) parts.push(spotlight.panels);
    if (staged !== null) {
      const panels = markPanels(staged.plan.marks, staged.marks, staged.of.figure.byTensor, theme);
      parts.push({ panels, offset: staged.of.offset });
    }
    this.panels.set(parts);
  }

  /** Labels have to be placed anew although the camera has not moved. */
  unsettle(): void {
    this.isUnsettled = true;
    this.labels.unsettle();
  }

  dispose(): void {
    this.turn += 1;
    this.filling.dispose();
    for (const standing of this.standings) standing.turn += 1;
    this.setStaging(null);
    const { rulers } = this.surroundings;
    const { curves } = this.spotlight;
    for (const each of [this.cells, this.bands, this.panels, rulers, curves]) {
      this.stage.scene.remove(each.mesh);
      each.dispose();
    }
  }

  /** CSS pixels of the largest cell. */
  private largestCell(): number {
    let largest = 0;
    for (const { projector, figure } of this.standings) {
      for (const { bounds, blocks } of figure.groups) {
        if (projector.largestCellIn(bounds) <= largest) continue;
        for (const block of blocks) largest = Math.max(largest, projector.cellOf(block));
      }
    }
    return largest;
  }

  private decorate(): void {
    this.surroundings.set(this.standings, this.theme);
    this.values.invalidate();
    this.unsettle();
    this.setHighlight(this.spotlight.highlight);
  }
}
