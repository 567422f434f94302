/**
 * The values of the models in the scene: brings those of a run from tiles to the heap of its model, and
 * to the meshes that show them. Of a model that is too large to be held whole, what is near is brought
 * cell by cell.
 */
import type { Lengths, LoadedModel } from "../bundle/model";
import type { TileSource } from "../bundle/tiles";
import { Heap } from "../scene/heap";
import type { Store } from "../scene/store";
import type { CellMesh } from "./cellMesh";
import { Paging } from "./paging";
import { predictionsOf } from "./predictionChart";
import { inSlices } from "./slices";
import type { Standing, Texts } from "./standing";

/** New values of a model, whether it stands in the scene already or not; tiles null: there are none any more. */
export interface Run {
  readonly tiles: TileSource | null;
  readonly lengths: Lengths;
  readonly texts: Texts;
  /** Of tokens that may come next, by their ids, where the vocabulary is not listed. */
  readonly nextTexts: ReadonlyMap<number, string>;
  /** The place whose prediction is shown; null: none. */
  readonly place: number | null;
}

/** What the picture does when values have changed. */
export interface Filled {
  /** The models that stand in the scene now. */
  standings(): readonly Standing[];
  /** Slabs are to be written anew: they read from elsewhere. */
  rewrite(): void;
  /** A heap has come or gone: what a chapter has done to it is to be done again. */
  restage(): void;
  /** Cells have other values; `soon`: and more of them will. */
  changed(soon?: boolean): void;
  /** Texts or predictions have changed. */
  redecorate(): void;
}

export class Filling {
  private readonly runs = new WeakMap<LoadedModel, Run>();
  private readonly paging: Paging;

  constructor(
    private readonly store: Store,
    private readonly cells: CellMesh,
    private readonly then: Filled,
  ) {
    this.paging = new Paging({
      standings: () => then.standings(),
      tilesOf: ({ model }) => this.runs.get(model)?.tiles ?? null,
      show: () => {
        cells.updateStore();
        then.changed(true);
      },
    });
  }

  set(model: LoadedModel, run: Run): void {
    this.runs.set(model, run);
    const standing = this.then.standings().find((each) => each.model === model);
    if (standing === undefined) return;
    const turn = standing.turn + 1;
    void inSlices(this.fill(standing, run), () => standing.turn === turn);
  }

  /** The values of a model that has come to the scene, if it has some. */
  *first(standing: Standing): Generator<Promise<void> | void> {
    const run = this.runs.get(standing.model);
    if (run !== undefined && !standing.isFilled) yield* this.fill(standing, run);
  }

  /** The heaps of the models that stand here, in one array; what refers to places in it is renewed. */
  hold(): void {
    const standings = this.then.standings();
    const heaps = standings.flatMap(({ heap }) => (heap === null ? [] : [heap]));
    if (this.store.hold(heaps)) this.cells.updateStore();
  }

  private *fill(
    standing: Standing,
    { tiles, lengths, texts, nextTexts, place }: Run,
  ): Generator<Promise<void> | void> {
    const { then } = this;
    const turn = ++standing.turn;
    standing.isFilled = false;
    const moves = standing.heap?.moves;
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
      // Meanwhile the GPU makes the programs that are needed then.
      const programs = heap.isReady || heap.pages === null ? null : this.cells.preparePaged();
      yield* heap.filling(tiles, () => {
        this.cells.updateValues(standing);
        then.changed();
      });
      if (programs !== null) yield programs;
      if (standing.turn !== turn) return;
      // Chapters know where values lie.
      if (heap.moves !== moves) then.restage();
    }
    standing.isFilled = true;
    standing.lengths = lengths;
    standing.texts = texts;
    standing.nextTexts = nextTexts;
    standing.place = place;
    standing.predictions = [];
    this.cells.updateValues(standing);
    const { output } = standing;
    if (output !== undefined && tiles !== null) {
      const found = predictionsOf(tiles, output, place);
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

  /** The camera has moved: of models that are too large to be held whole, bring what is near cell by cell. */
  near(ratio: number): void {
    this.paging.update(ratio);
  }

  dispose(): void {
    this.paging.dispose();
  }
}
