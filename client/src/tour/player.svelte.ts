/**
 * The clock of a tour: which chapter, which moment, whether it runs. What is seen follows from these
 * alone; everything here only says which moment it is.
 */
import { loadTour, type Values, type wire } from "../bundle";
import type { Page } from "../state/page.svelte";
import type { SceneView } from "../render";
import { durationOf, sample, stepAt } from "../timeline";
import { cardSpans, roomAt, type Span } from "./room";
import { bind, type Bound } from "./stage";

/** A pause of the machine is no part of the story. */
const LONGEST_FRAME_MS = 250;

export class Player {
  tour = $state.raw<wire.Tour | null>(null);
  at = $state(0);
  /** Milliseconds into the chapter. */
  time = $state(0);
  playing = $state(false);
  speed = $state(1);
  bound = $state.raw<Bound | null>(null);
  /** Counts the moments shown, for what follows the picture. */
  shown = $state(0);
  /** How much of the room for cards is wanted, from 0 to 1. */
  room = $state(0);

  readonly chapter = $derived(this.tour?.chapters[this.at] ?? null);
  readonly duration = $derived(this.chapter ? durationOf(this.chapter) : 0);
  readonly step = $derived(this.chapter ? stepAt(this.chapter, this.time) : 0);
  /** Where the step that is under way began. */
  readonly stepStart = $derived(this.step > 0 ? this.chapter!.steps[this.step - 1]!.end : 0);
  readonly stepEnd = $derived(this.chapter?.steps[this.step]?.end ?? 0);
  readonly isAtEnd = $derived(this.time >= this.duration);

  /** The numbers of the moment, one for each track. */
  values = new Float64Array(0);
  private request = 0;
  private last = 0;
  private goal = 0;
  private isNew = false;
  private spans: readonly Span[] = [];
  /** The track of a channel of a numbered thing, by `target channel`. */
  private places = new Map<string, number>();

  constructor(
    private readonly page: Page,
    private readonly view: () => SceneView | null,
    private readonly reducedMotion: boolean,
  ) {}

  async open(path: string): Promise<void> {
    this.tour = await loadTour(this.page.loaded!.base, path);
  }

  /** Puts the numbers of a run in. The moment stays. */
  bind(values: Values): void {
    const { chapter } = this;
    if (chapter === null) return;
    this.bound = bind(chapter, values);
    const { tracks } = this.bound;
    this.values = new Float64Array(tracks.length);
    this.spans = cardSpans(tracks);
    this.places = new Map(
      tracks.flatMap(({ channel, targets }, i) =>
        targets
          .filter((each) => each.includes(" "))
          .map((each) => [`${each} ${channel}`, i] as const),
      ),
    );
    this.view()?.setStaging(this.bound);
    this.draw(0);
  }

  /** To a moment of the chapter of that name; false: there is none. */
  find(id: string | undefined, time: number): boolean {
    const at = this.tour?.chapters.findIndex((each) => each.id === id) ?? -1;
    if (at < 0) return false;
    if (at === this.at && this.bound?.chapter === this.chapter) this.seek(time);
    else this.go(at, time);
    return true;
  }

  /** Another reading of the same tour: the moment stays where it can. */
  replace(tour: wire.Tour): void {
    const id = this.chapter?.id;
    const { time } = this;
    this.tour = tour;
    const at = tour.chapters.findIndex((each) => each.id === id);
    this.go(Math.max(at, 0), at < 0 ? 0 : time);
  }

  /** To a chapter, at a moment. */
  go(chapter: number, time = 0): void {
    this.at = Math.min(Math.max(chapter, 0), (this.tour?.chapters.length ?? 1) - 1);
    this.playing = false;
    this.time = Math.min(Math.max(time, 0), this.duration);
    // From another chapter the camera comes flying; a link is there at once.
    this.isNew = this.bound !== null && !this.reducedMotion;
    if (this.page.values) this.bind(this.page.values);
  }

  /** To a moment of this chapter. */
  seek(time: number): void {
    this.playing = false;
    this.time = Math.min(Math.max(time, 0), this.duration);
    this.draw(0);
  }

  /** Plays to the next stop; from the end of a chapter, on to the next one. */
  next(): void {
    if (this.chapter === null) return;
    if (this.isAtEnd) {
      if (this.at + 1 >= this.tour!.chapters.length) return;
      this.go(this.at + 1);
    }
    this.playTo(this.chapter.steps.find(({ end }) => end > this.time + 1)?.end ?? this.duration);
  }

  /** To the beginning of this step, or of the one before when it has hardly begun. */
  back(): void {
    if (this.chapter === null) return;
    const starts = [0, ...this.chapter.steps.map(({ end }) => end)];
    const before = starts.filter((start) => start < this.time - 300).at(-1);
    if (before !== undefined) this.seek(before);
    else if (this.at > 0) {
      this.go(this.at - 1);
      this.seek(this.duration);
    }
  }

  restart(): void {
    this.seek(0);
    this.next();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.next();
  }

  /** Straight to the end of the step. */
  skip(): void {
    if (this.chapter === null) return;
    this.seek(this.chapter.steps.find(({ end }) => end > this.time + 1)?.end ?? this.duration);
  }

  /** To a stop of this chapter. */
  stop(step: number): void {
    const stop = this.chapter?.steps[step];
    if (stop) this.seek(stop.end);
  }

  pause(): void {
    this.playing = false;
    this.draw(0);
  }

  close(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    this.playing = false;
    this.tour = this.bound = null;
    this.view()?.setStaging(null);
  }

  private playTo(time: number): void {
    this.goal = time;
    if (this.reducedMotion) {
      this.seek(time);
      return;
    }
    this.playing = true;
    this.last = performance.now();
    this.wake();
  }

  private wake(): void {
    if (this.request === 0) this.request = requestAnimationFrame((now) => this.tick(now));
  }

  private tick(now: number): void {
    this.request = 0;
    const elapsed = Math.min(Math.max(now - this.last, 0), LONGEST_FRAME_MS);
    this.last = now;
    if (this.playing) {
      this.time = Math.min(this.time + elapsed * this.speed, this.goal);
      if (this.time >= this.goal) this.playing = false;
    }
    this.draw(elapsed);
  }

  private draw(elapsedMs: number): void {
    const { bound } = this;
    const view = this.view();
    if (bound === null || view === null) return;
    sample(bound.tracks, this.time, this.values);
    view.show(this.values, { plays: this.playing, settles: this.isNew, elapsedMs });
    this.isNew = false;
    this.room = roomAt(this.spans, this.time);
    this.shown += 1;
    if (this.playing || view.isComing) {
      if (elapsedMs === 0) this.last = performance.now();
      this.wake();
    }
  }

  /** The value of a channel of a numbered thing of the chapter, now. */
  valueOf(target: string, channel: string): number {
    const track = this.places.get(`${target} ${channel}`);
    return track === undefined ? 0 : this.values[track]!;
  }
}
