/** Everything that is drawn: the blocks of all models, what stands around them, and what is lit. */
import type { Lengths, LoadedModel } from "../bundle/model";
import type { TileSource } from "../bundle/tiles";
import type * as wire from "../bundle/wire";
import type { Block, Bounds } from "../scene/blocks";
import { figureOf } from "../scene/figure";
import { Heap } from "../scene/heap";
import type { Drawn, Hit } from "../scene/picking";
import { rowOf } from "../scene/row";
import { Store } from "../scene/store";
import type { Theme } from "../theme/palette";
import { BandMesh } from "./bandMesh";
import { CellMesh } from "./cellMesh";
import { NEAR_PX } from "./cellShader";
import { CellValues, windowOf } from "./cellValues";
import { Detail } from "./detail";
import { FlyingValues } from "./flyingValues";
import type { GlyphMesh } from "./glyphMesh";
import { type Highlight, lit } from "./highlight";
import type { LabelLayer } from "./labelLayer";
import type { Insets } from "./labelPlacer";
import { markPanels } from "./marks";
import { Nearby } from "./nearby";
import type { Panel } from "./panelMesh";
import { PanelMesh } from "./panelMesh";
import { predictionsOf } from "./predictionChart";
import { inSlices } from "./slices";
import type { Stage } from "./stage";
import { StagedPicture } from "./stagedPicture";
import type { Framing, Staging } from "./staging";
import { Standing, type Texts, type Words } from "./standing";
import { StrokeMesh } from "./strokeMesh";
import { plus } from "./vectors";

const CURVE_STEPS = 28;
/** How much of everything that is not involved fades while a cell is pinned. */
const PINNED_DIM = 0.4;
const ORIGIN = [0, 0, 0] as const;
/** Rows of the texture of all values: 16.8 million pairs, 134 MB, when models are that large. */
const MOST_ROWS = 8192;
/** Cells that are larger on the screen than this, in device pixels, are to be seen one by one. */
const SINGLE_PX = 0.7;

/** New values of a model, whether it stands in the scene already or not. */
interface Run {
  readonly tiles: TileSource | null;
  readonly lengths: Lengths;
  readonly texts: Texts;
}

export class Picture {
  standings: readonly Standing[] = [];
  current: Standing | null = null;
  readonly cells: CellMesh;
  private readonly store: Store;
  private readonly bands: BandMesh;
  private readonly panels: PanelMesh;
  private readonly rulers: StrokeMesh;
  private readonly curves: StrokeMesh;
  private readonly values: CellValues;
  private readonly flying: FlyingValues;
  private readonly detail = new Detail();
  private readonly nearby = new Nearby();
  private readonly runs = new WeakMap<LoadedModel, Run>();
  private decoration: { panels: readonly Panel[]; offset: readonly [number, number, number] }[] =
    [];
  private lit: { panels: readonly Panel[]; offset: readonly [number, number, number] } | null =
    null;
  private highlight: Highlight | null = null;
  private staged: StagedPicture | null = null;
  private moment: ArrayLike<number> | null = null;
  private turn = 0;
  private words: Words = {};
  private isUnsettled = true;
  private isNearing = false;

  constructor(
    private readonly stage: Stage,
    glyphs: GlyphMesh,
    private theme: Theme,
    private readonly labels: LabelLayer,
    /** Something that is drawn has changed by itself. */
    private readonly wake: () => void,
  ) {
    this.store = new Store(Math.min(stage.renderer.capabilities.maxTextureSize, MOST_ROWS));
    this.cells = new CellMesh(this.store, stage);
    this.bands = new BandMesh(stage);
    this.panels = new PanelMesh(stage);
    this.rulers = new StrokeMesh(stage, labels.state, 1);
    this.curves = new StrokeMesh(stage, labels.state, CURVE_STEPS);
    this.values = new CellValues(glyphs, labels);
    this.flying = new FlyingValues(glyphs, labels, this.values);
    const { cells, bands, panels, rulers, curves } = this;
    // The order in which they are drawn; adding the text again moves it to the end.
    for (const { mesh } of [bands, cells, panels, rulers, curves, glyphs]) stage.scene.add(mesh);
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

  private *place(standings: readonly Standing[]): Generator<void, true> {
    const row = rowOf(standings.map(({ figure }) => figure.bounds));
    const before = this.standings;
    if (before.length > 1 !== standings.length > 1) for (const each of standings) each.redecorate();
    standings.forEach((standing, i) => (standing.offset = row[i]!));
    const current = standings.find((each) => each === this.current) ?? standings[0] ?? null;
    if (current !== this.current) this.setStaging(null);
    this.standings = standings;
    this.current = current;
    this.detail.keepOnly(standings);
    this.holdValues();
    yield;
    for (const standing of standings) {
      const run = this.runs.get(standing.model);
      if (run !== undefined && standing.turn === 0) yield* this.fill(standing, run);
    }
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
    this.setHighlight(this.highlight);
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
    this.cells.setTheme(theme);
    this.bands.setTheme(theme);
    for (const standing of this.standings) standing.redecorate(theme);
    this.decorate();
  }

  /** The values of a run of a model; tiles null: there are none any more. */
  setTiles(model: LoadedModel, run: Run): void {
    this.runs.set(model, run);
    const standing = this.standingOf(model);
    if (standing === undefined) return;
    const turn = standing.turn + 1;
    void inSlices(this.fill(standing, run), () => standing.turn === turn);
  }

  private *fill(standing: Standing, { tiles, lengths, texts }: Run): Generator<void> {
    const turn = ++standing.turn;
    if ((tiles === null) !== (standing.heap === null)) {
      const rows = this.store.freeRows;
      standing.heap = tiles === null || rows < 1 ? null : new Heap(standing.blocks, rows);
      this.holdValues();
      this.cells.write(this.standings, this.detail);
      this.restage();
      yield;
    }
    const { heap } = standing;
    if (heap !== null && tiles !== null) {
      yield* heap.filling(tiles, () => {
        this.cells.updateValues(standing);
        this.values.invalidate();
        this.unsettle();
        this.wake();
      });
      if (standing.turn !== turn) return;
    }
    standing.lengths = lengths;
    standing.texts = texts;
    standing.predictions = [];
    this.cells.updateValues(standing);
    this.values.invalidate();
    const { output } = standing;
    if (output !== undefined && tiles !== null) {
      const found = predictionsOf(tiles, output, lengths);
      if (!(found instanceof Promise)) standing.predictions = found;
      else {
        void found.then((predictions) => {
          if (standing.turn !== turn) return;
          standing.predictions = predictions;
          standing.redecorate();
          this.decorate();
          this.wake();
        });
      }
    }
    standing.redecorate();
    this.decorate();
    this.wake();
  }

  /** The heaps of the models that stand here, in one array; what refers to places in it is renewed. */
  private holdValues(): void {
    const heaps = this.standings.flatMap(({ heap }) => (heap === null ? [] : [heap]));
    if (this.store.hold(heaps)) this.cells.updateStore();
  }

  setHighlight(highlight: Highlight | null): void {
    this.highlight = highlight;
    const { theme, curves } = this;
    const standing = highlight?.model ? this.standingOf(highlight.model) : this.current;
    const found =
      highlight === null || !standing
        ? null
        : lit(highlight, standing.figure.byTensor, standing.lengths, theme);
    const offset = standing?.offset ?? ORIGIN;
    this.lit = found === null ? null : { panels: found.panels, offset };
    this.setPanels();
    curves.set(found === null ? [] : [{ strokes: found.curves, offset, firstLabel: 0 }]);
    const dim = found !== null && highlight?.pinned ? PINNED_DIM : 0;
    this.cells.setDim(dim, found?.blocks ?? new Set());
    this.bands.setDim(dim * 0.8);
    this.rulers.setDim(dim * 0.6);
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
    if (detail.update(standings, elapsedMs, isAtRest)) this.cells.write(standings, detail);
    if (this.nearby.update(standings, elapsedMs, isAtRest)) this.decorate();
    this.cells.setNear(this.largestCell() * this.stage.ratio.value > NEAR_PX);
    const isFading = this.labels.update(standings, insets, elapsedMs, isAtRest);
    const isWaiting = this.values.update(standings, insets, theme, elapsedMs, isAtRest);
    const { staged } = this;
    if (staged !== null) this.flying.update(staged.of, staged.flying(), theme);
    this.isUnsettled = isFading || isWaiting || !isAtRest;
    if (isAtRest) for (const standing of standings) void this.bringNear(standing, insets);
    return isFading || isWaiting;
  }

  /** Of a model that is too large to be held whole: show what is near cell by cell. */
  private async bringNear(standing: Standing, insets: Insets): Promise<void> {
    const { heap, projector, figure, turn } = standing;
    const tiles = this.runs.get(standing.model)?.tiles;
    if (!heap || !tiles || this.isNearing || this.staged !== null) return;
    const least = SINGLE_PX / this.stage.ratio.value;
    const near: { block: Block; px: number }[] = [];
    for (const { bounds, blocks } of figure.groups) {
      if (projector.largestCellIn(bounds) < least || projector.sizeOf(bounds) === 0) continue;
      for (const block of blocks) {
        if (!heap.isCoarse(block) || projector.cellOf(block) < least) continue;
        const ends = [0, block.depth.length - 1];
        const seen = ends.map(
          (slab) => windowOf(standing, block, slab, insets, least)?.cellPx ?? 0,
        );
        const px = Math.max(...seen);
        if (px > 0) near.push({ block, px });
      }
    }
    if (near.length === 0) return;
    near.sort((a, b) => b.px - a.px);
    const changed = (): void => {
      this.cells.write(this.standings, this.detail);
      this.cells.updateValues(standing);
      this.values.invalidate();
      this.unsettle();
      this.wake();
    };
    const steps = heap.nearing(
      near.map(({ block }) => block),
      tiles,
      changed,
    );
    this.isNearing = true;
    const isWanted = (): boolean =>
      standing.heap === heap && standing.turn === turn && this.standings.includes(standing);
    await inSlices(eachTime(steps, changed), isWanted);
    this.isNearing = false;
  }

  /** What a chapter does to the current model from now on; null: nothing. `show` comes before the next frame. */
  setStaging(staging: Staging | null): void {
    if (staging === null && this.staged === null) return;
    const { store, cells, bands, standings, current } = this;
    this.staged?.dispose();
    const isStaged = staging !== null && current !== null;
    if (!isStaged) cells.setStaged(null);
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
    const { staged, theme, decoration, lit } = this;
    const parts = [...decoration];
    if (lit !== null) parts.push(lit);
    if (staged !== null) {
      const panels = markPanels(staged.plan.marks, staged.marks, staged.of.figure.byTensor, theme);
      parts.push({ panels, offset: staged.of.offset });
    }
    this.panels.set(parts);
  }

  /** Labels have to be placed anew although the camera has not moved. */
  unsettle(): void {
    this.isUnsettled = true;
  }

  dispose(): void {
    this.turn += 1;
    for (const standing of this.standings) standing.turn += 1;
    this.setStaging(null);
    for (const each of [this.cells, this.bands, this.panels, this.rulers, this.curves]) {
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
    const { theme, standings } = this;
    const isOneOfSeveral = standings.length > 1;
    const parts = standings.flatMap((standing) =>
      [
        standing.around(theme, isOneOfSeveral),
        ...this.nearby.groupsOf(standing).map((group) => standing.within(group, theme)),
      ].map((decoration) => ({ standing, offset: standing.offset, ...decoration })),
    );
    const firsts = this.labels.set(parts);
    this.rulers.set(parts.map((part, i) => ({ ...part, firstLabel: firsts[i]! })));
    this.decoration = parts.filter(({ panels }) => panels.length > 0);
    this.values.invalidate();
    this.unsettle();
    this.setHighlight(this.highlight);
  }
}

/** The same steps, with something done after each. */
function* eachTime(steps: Iterable<void>, then: () => void): Generator<void> {
  for (const _ of steps) {
    then();
    yield;
  }
}
