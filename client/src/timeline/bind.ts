/** Puts the numbers of a run where a tour waits for them, once, before anything is sampled. */
import { CutawayError, type Values, type wire } from "../bundle";
import { evaluate } from "../formula";
import { easing } from "./easing";
import type { BoundTrack } from "./sample";

/** The number of an expression that depends on the run alone. */
export function numberOf(value: wire.Value, values: Values): number {
  return typeof value === "number" ? value : evaluate(value, values);
}

/** A selector for one run: a position, or [from, to). */
export type BoundSelector = number | readonly [from: number, to: number];

export function selectorOf(selector: wire.Selector, values: Values): BoundSelector {
  if (typeof selector !== "number" && selector[0] === "span") {
    return [numberOf(selector[1], values), numberOf(selector[2], values)];
  }
  return numberOf(selector as wire.Value, values);
}

/** The tracks of a chapter for one run. */
export function bindTracks(chapter: wire.Chapter, values: Values): BoundTrack[] {
  return chapter.tracks.map(({ group, channel, times, values: keys, eases }) => {
    const targets = chapter.groups[group];
    const unknown = eases.find((name) => easing(name) === undefined);
    if (targets === undefined || unknown !== undefined || times.length === 0) {
      throw new CutawayError(
        `The chapter “${chapter.id}” has a track (${channel}) that this page cannot read. Reload the page.`,
      );
    }
    return { channel, targets, times, values: keys.map((key) => numberOf(key, values)), eases };
  });
}

/** When a chapter is over, in milliseconds. */
export function durationOf(chapter: wire.Chapter): number {
  return chapter.steps.at(-1)?.end ?? 0;
}

/** The step that is under way at `t`: the first that ends at or after it. */
export function stepAt(chapter: wire.Chapter, t: number): number {
  const step = chapter.steps.findIndex(({ end }) => t <= end + 0.5);
  return step < 0 ? chapter.steps.length - 1 : step;
}
