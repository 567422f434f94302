/**
 * Keeps the pages here that the camera is near enough for (see scene/pages.ts): decides now and then while
 * it moves, and brings what is missing in short tasks between frames.
 */
import { breath } from "../bundle/breath";
import type { TileSource } from "../bundle/tiles";
import type { PagePlace } from "../scene/pages";
import { pagesInView } from "./pageChoice";
import type { Standing } from "./standing";

/** While the camera moves, what is near is decided anew so often. */
const PAUSE_MS = 100;
/** How long pages are brought at a time, before they are sent and drawn. */
const SLICE_MS = 6;

export interface PagingHost {
  standings(): readonly Standing[];
  tilesOf(standing: Standing): TileSource | null;
  /** Pages have come. */
  show(): void;
}

export class Paging {
  private isStale = false;
  private isRunning = false;
  private isDisposed = false;
  private ratio = 1;

  constructor(private readonly host: PagingHost) {}

  /** The camera has moved, or values have changed: what is near is brought soon. `ratio`: device pixels of a CSS pixel. */
  update(ratio: number): void {
    this.isStale = true;
    this.ratio = ratio;
    if (this.isRunning || !this.host.standings().some(({ heap }) => heap?.pages != null)) return;
    this.isRunning = true;
    void this.run();
  }

  dispose(): void {
    this.isDisposed = true;
  }

  private async run(): Promise<void> {
    while (this.isStale && !this.isDisposed) {
      await breath();
      this.isStale = false;
      const start = performance.now();
      for (const standing of [...this.host.standings()])
        await this.bring(standing, start + PAUSE_MS);
      const rest = start + PAUSE_MS - performance.now();
      if (this.isStale && rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
    this.isRunning = false;
  }

  /** Bring what is missing, until `until` at most if the camera has moved on meanwhile. */
  private async bring(standing: Standing, until: number): Promise<void> {
    const { heap, figure, projector } = standing;
    const tiles = this.host.tilesOf(standing);
    if (heap?.pages == null || tiles === null || !heap.isReady || heap.isFilling) return;
    const { pages } = heap;
    const wanted = pagesInView({
      groups: figure.groups,
      shelves: heap.shelves,
      projector,
      ratio: this.ratio,
      most: pages.slots,
    });
    pages.keep(wanted);
    const missing = wanted.filter((place) => !pages.has(place));
    const isOver = (): boolean =>
      this.isDisposed ||
      standing.heap !== heap ||
      heap.isFilling ||
      (this.isStale && performance.now() > until);
    const arrived = (): void => this.host.show();
    for (let next = 0; next < missing.length;) {
      next = this.slice(missing, next, (place) => heap.load(place, tiles, arrived));
      arrived();
      await breath();
      if (isOver()) return;
    }
  }

  private slice(
    places: readonly PagePlace[],
    from: number,
    load: (place: PagePlace) => void,
  ): number {
    const start = performance.now();
    let next = from;
    while (next < places.length && performance.now() - start < SLICE_MS) load(places[next++]!);
    return next;
  }
}
