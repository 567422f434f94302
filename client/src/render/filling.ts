/**
 * The values of the models in the scene: brings those of a run from tiles to the heap of its model, and
 * to the meshes that show them. Of a model that is too large to be held whole, what is near is brought
 * cell by cell.
 */
import type { Lengths, LoadedModel } from "../bundle/model";
import type { TileSource } from "../bundle/tiles";
import type { Block } from "../scene/blocks";
import { Heap } from "../scene/heap";
import type { Store } from "../scene/store";
import type { CellMesh } from "./cellMesh";
import { windowOf } from "./cellValues";
import type { Insets } from "./labelPlacer";
import { predictionsOf } from "./predictionChart";
import { inSlices } from "./slices";
import type { Standing, Texts } from "./standing";

/** Cells that are larger on the screen than this, in device pixels, are to be seen one by one. */
const SINGLE_PX = 0.7;

/** New values of a model, whether it stands in the scene already or not; tiles null: there are none any more. */
export interface Run {
  readonly tiles: TileSource | null;
  readonly lengths: Lengths;
  readonly texts: Texts;
}

/** What the picture does when values have changed. */
export interface Filled {
  /** The models that stand in the scene now. */
  standings(): readonly Standing[];
  /** Slabs are to be written anew: they read from elsewhere. */
  rewrite(): void;
  /** A heap has come or gone: what a chapter has done to it is to be done again. */
  restage(): void;
  /** Cells have other values. */
  changed(): void;
  /** Texts or predictions have changed. */
  redecorate(): void;
}

export class Filling {
  private readonly runs = new WeakMap<LoadedModel, Run>();
  private isNearing = false;

  constructor(
    private readonly store: Store,
    private readonly cells: CellMesh,
    private readonly then: Filled,
  ) {}

  set(model: LoadedModel, run: Run): void {
    this.runs.set(model, run);
    const standing = this.then.standings().find((each) => each.model === model);
    if (standing === undefined) return;
    const turn = standing.turn + 1;
    void inSlices(this.fill(standing, run), () => standing.turn === turn);
  }

  /** The values of a model that has come to the scene, if it has some. */
  *first(standing: Standing): Generator<void> {
    const run = this.runs.get(standing.model);
    if (run !== undefined && standing.turn === 0) yield* this.fill(standing, run);
  }

  /** The heaps of the models that stand here, in one array; what refers to places in it is renewed. */
  hold(): void {
    const standings = this.then.standings();
    const heaps = standings.flatMap(({ heap }) => (heap === null ? [] : [heap]));
    if (this.store.hold(heaps)) this.cells.updateStore();
  }

  private *fill(standing: Standing, { tiles, lengths, texts }: Run): Generator<void> {
    const { then } = this;
    const turn = ++standing.turn;
    if ((tiles === null) !== (standing.heap === null)) {
      const rows = this.store.freeRows;
      standing.heap = tiles === null || rows < 1 ? null : new Heap(standing.blocks, rows);
      this.hold();
      then.rewrite();
      then.restage();
      yield;
    }
    const { heap } = standing;
    if (heap !== null && tiles !== null) {
      yield* heap.filling(tiles, () => {
        this.cells.updateValues(standing);
        then.changed();
      });
      if (standing.turn !== turn) return;
    }
    standing.lengths = lengths;
    standing.texts = texts;
    standing.predictions = [];
    this.cells.updateValues(standing);
    const { output } = standing;
    if (output !== undefined && tiles !== null) {
      const found = predictionsOf(tiles, output, lengths);
      if (!(found instanceof Promise)) standing.predictions = found;
      else {
        void found.then((predictions) => {
          if (standing.turn !== turn) return;
          standing.predictions = predictions;
          standing.redecorate();
          then.redecorate();
        });
      }
    }
    standing.redecorate();
    then.redecorate();
  }

  /** Of a model that is too large to be held whole: show what is near cell by cell. */
  async bringNear(standing: Standing, insets: Insets, ratio: number): Promise<void> {
    const { heap, projector, figure, turn } = standing;
    const tiles = this.runs.get(standing.model)?.tiles;
    if (!heap || !tiles || this.isNearing) return;
    const least = SINGLE_PX / ratio;
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
      this.then.rewrite();
      this.cells.updateValues(standing);
      this.then.changed();
    };
    const steps = heap.nearing(
      near.map(({ block }) => block),
      tiles,
      changed,
    );
    this.isNearing = true;
    const isWanted = (): boolean =>
      standing.heap === heap && standing.turn === turn && this.then.standings().includes(standing);
    await inSlices(eachTime(steps, changed), isWanted);
    this.isNearing = false;
  }
}

/** The same steps, with something done after each. */
function* eachTime(steps: Iterable<void>, then: () => void): Generator<void> {
  for (const _ of steps) {
    then();
    yield;
  }
}
