/** Everything that is drawn of one model: its blocks, what stands around them, and what is lit. */
import type { Lengths } from "../bundle/model";
import type { TileSource } from "../bundle/tiles";
import type * as wire from "../bundle/wire";
import { type Block, blocksOf, type Bounds, boundsOf, thickness } from "../scene/blocks";
import { Heap } from "../scene/heap";
import { bandsOf } from "../scene/ribbons";
import { type Section, sectionsOf } from "../scene/sections";
import type { Theme } from "../theme/palette";
import { BandMesh } from "./bandMesh";
import { blockLabels } from "./blockLabels";
import { CellMesh } from "./cellMesh";
import { NEAR_PX } from "./cellShader";
import { CellValues } from "./cellValues";
import { type Decoration, joined } from "./decoration";
import type { GlyphMesh } from "./glyphMesh";
import { type Highlight, lit } from "./highlight";
import { markPanels } from "./marks";
import { type Framing, StagedPicture, type Staging } from "./staging";
import { LabelLayer } from "./labelLayer";
import type { Insets } from "./labelPlacer";
import type { Panel } from "./panelMesh";
import { PanelMesh } from "./panelMesh";
import { chartRoom, predictionChart, predictionsOf, type Prediction } from "./predictionChart";
import type { Projector } from "./projector";
import { sectionMarks } from "./sectionMarks";
import type { Stage } from "./stage";
import { StrokeMesh } from "./strokeMesh";
import { tokenStrip } from "./tokenStrip";

/** The texts of the tokens of each input that holds some. */
export type Texts = Readonly<Record<string, readonly string[]>>;

const CURVE_STEPS = 28;
/** How much of everything that is not involved fades while a cell is pinned. */
const PINNED_DIM = 0.4;

export class Picture {
  readonly blocks: readonly Block[];
  readonly byTensor: ReadonlyMap<string, Block>;
  readonly sections: readonly Section[];
  readonly heap: Heap;
  lengths: Lengths = {};
  private readonly kinds: ReadonlyMap<string, wire.AxisKind>;
  private readonly cells: CellMesh;
  private readonly bands: BandMesh;
  private readonly panels: PanelMesh;
  private readonly rulers: StrokeMesh;
  private readonly curves: StrokeMesh;
  private readonly labels: LabelLayer;
  private readonly values: CellValues;
  private decoration: Panel[] = [];
  private lit: Panel[] = [];
  private texts: Texts = {};
  private predictions: readonly Prediction[] = [];
  private highlight: Highlight | null = null;
  private staged: StagedPicture | null = null;
  private turn = 0;
  private isUnsettled = true;

  constructor(
    private readonly model: wire.Model,
    kinds: readonly wire.AxisKind[],
    private readonly stage: Stage,
    glyphs: GlyphMesh,
    private theme: Theme,
    labels: LabelLayer,
  ) {
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.blocks = blocksOf(model);
    this.byTensor = new Map(this.blocks.map((block) => [block.tensor, block]));
    this.sections = sectionsOf(model);
    this.heap = new Heap(this.blocks, stage.renderer.capabilities.maxTextureSize);
    this.cells = new CellMesh(this.blocks, this.heap, stage);
    this.bands = new BandMesh(bandsOf(model), stage);
    this.panels = new PanelMesh(stage);
    this.labels = labels;
    this.rulers = new StrokeMesh(stage, labels.state, 1);
    this.curves = new StrokeMesh(stage, labels.state, CURVE_STEPS);
    this.values = new CellValues(glyphs, labels);
    const { cells, bands, panels, rulers, curves } = this;
    // The order in which they are drawn; adding the text again moves it to the end.
    for (const { mesh } of [bands, cells, panels, rulers, curves, glyphs]) stage.scene.add(mesh);
    this.setTheme(theme);
  }

  /** What fit-to-view shows: the blocks, and room for tokens above and predictions below. */
  get whole(): Bounds[] {
    const parts = this.blocks.map((block) => boundsOf([block]));
    for (const { at, size } of this.decoration) {
      parts.push({ min: at, max: [at[0] + size[0], at[1] + size[1], at[2]] });
    }
    const output = this.output;
    if (output !== undefined) parts.push(chartRoom(output, this.model.vocabulary.size));
    return parts;
  }

  /** The block of what is predicted, if anything is. */
  private get output(): Block | undefined {
    const { probabilities } = this.model;
    return probabilities === null ? undefined : this.byTensor.get(probabilities);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.cells.setTheme(theme);
    this.bands.setTheme(theme);
    this.decorate();
  }

  /** The values of a run; `wake` is called whenever more of them have arrived. */
  setTiles(source: TileSource, lengths: Lengths, texts: Texts, wake: () => void): void {
    const turn = ++this.turn;
    this.lengths = lengths;
    this.texts = texts;
    this.heap.fill(source, () => {
      this.cells.update();
      this.values.invalidate();
      this.unsettle();
      wake();
    });
    this.cells.update();
    this.values.invalidate();
    const block = this.output;
    if (block !== undefined) {
      void predictionsOf(source, block, lengths).then((predictions) => {
        if (turn !== this.turn) return;
        this.predictions = predictions;
        this.decorate();
        wake();
      });
    }
    this.decorate();
  }

  setHighlight(highlight: Highlight | null): void {
    this.highlight = highlight;
    const found =
      highlight === null ? null : lit(highlight, this.byTensor, this.lengths, this.theme);
    this.lit = found?.panels ?? [];
    this.setPanels();
    this.curves.set(found?.curves ?? []);
    const dim = highlight?.pinned ? PINNED_DIM : 0;
    this.cells.setDim(dim, found?.blocks ?? new Set());
    this.bands.setDim(dim * 0.8);
    this.rulers.setDim(dim * 0.6);
  }

  /**
   * Before a frame is drawn: place labels and print values for where the camera is now.
   * True: some are still fading, or have yet to be printed.
   */
  update(
    projector: Projector,
    insets: Insets,
    elapsedMs: number,
    camera: { hasMoved: boolean; isAtRest: boolean },
  ): boolean {
    // What is lit may change many times while the camera stands still: the labels stay as they are.
    if (!camera.hasMoved && !this.isUnsettled) return false;
    const { heap, theme } = this;
    const { isAtRest } = camera;
    this.cells.setNear(this.largestCell(projector) * this.stage.ratio.value > NEAR_PX);
    const isFading = this.labels.update(projector, insets, this.blocks, elapsedMs, isAtRest);
    const isWaiting = this.values.update(heap, projector, insets, theme, elapsedMs, isAtRest);
    this.isUnsettled = isFading || isWaiting || !isAtRest;
    return isFading || isWaiting;
  }

  /** What a chapter does to the picture from now on; null: nothing. `show` comes before the next frame. */
  setStaging(staging: Staging | null): void {
    this.staged?.dispose();
    const { blocks, heap, cells, bands } = this;
    this.staged = staging === null ? null : new StagedPicture(staging, blocks, heap, cells, bands);
    this.labels.presence = this.staged?.presence ?? null;
    this.values.isThere = this.staged?.isThere.bind(this.staged) ?? null;
    this.values.invalidate();
    this.setPanels();
    this.unsettle();
  }

  /** The numbers of a moment; returns what the camera is to show, when the chapter says. */
  show(values: ArrayLike<number>): Framing | null {
    const { staged } = this;
    if (staged === null) return null;
    staged.show(values);
    const changes = staged.takeChanges();
    if (changes.marks) this.setPanels();
    if (changes.fill) {
      this.values.invalidate(true);
      this.unsettle();
    }
    return staged.framing(values);
  }

  emphasise(tensors: ReadonlySet<string> | null): void {
    this.staged?.emphasise(tensors);
  }

  /** The blocks that can be pointed at. */
  get pickable(): readonly Block[] {
    const { staged, blocks } = this;
    if (staged === null) return blocks;
    return blocks.filter(({ id }) => staged.presence[id]! > 0.3);
  }

  /** The cell that the filling of a tensor has come to. */
  front(tensor: string, slab: number): { row: number; column: number } | null {
    const block = this.byTensor.get(tensor);
    return block === undefined ? null : (this.staged?.front(block, slab, this.lengths) ?? null);
  }

  private setPanels(): void {
    const { staged, byTensor, theme } = this;
    const marks =
      staged === null ? [] : markPanels(staged.plan.marks, staged.marks, byTensor, theme);
    this.panels.set([...this.decoration, ...this.lit, ...marks]);
  }

  /** Labels have to be placed anew although the camera has not moved. */
  unsettle(): void {
    this.isUnsettled = true;
  }

  dispose(): void {
    this.turn += 1;
    this.setStaging(null);
    for (const each of [this.cells, this.bands, this.panels, this.rulers, this.curves]) {
      this.stage.scene.remove(each.mesh);
      each.dispose();
    }
  }

  /** CSS pixels of the largest cell. */
  private largestCell(projector: Projector): number {
    let largest = 0;
    for (const block of this.blocks) {
      const { x, y, z, columns, rows } = block;
      const size = projector.largestCell(x, y, z, columns.length, rows.length, thickness(block));
      largest = Math.max(largest, size);
    }
    return largest;
  }

  private decorate(): void {
    const { model, theme, blocks, texts, lengths, output } = this;
    const parts: Decoration[] = [];
    const room = boundsOf(blocks);
    for (const name of [model.tokens, model.decoder]) {
      const input = name === null ? undefined : this.byTensor.get(name);
      if (input === undefined) continue;
      const wide = (room.max[0] - room.min[0]) * 0.7;
      parts.push(tokenStrip(input, texts[name!] ?? [], wide, theme));
    }
    if (output !== undefined) {
      const textOf = (token: number): string => model.vocabulary.tokens?.[token] ?? `#${token}`;
      parts.push(predictionChart(output, lengths, this.predictions, textOf, theme));
    }
    const inside = (path: string): number | undefined =>
      blocks.find(({ tensor }) => tensor.startsWith(`${path}.`))?.id;
    parts.push(sectionMarks(this.sections, theme, inside), blockLabels(blocks, this.kinds, theme));
    const { labels, strokes, panels } = joined(parts);
    this.labels.set(labels);
    this.rulers.set(strokes);
    this.decoration = panels;
    this.values.invalidate();
    this.unsettle();
    this.setHighlight(this.highlight);
  }
}
