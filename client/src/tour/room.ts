/**
 * How much of the room for cards a chapter takes at a moment: none while there is no card, so that the
 * picture has it. A pure function of time, as everything in a chapter is.
 */
import { type BoundTrack, easing } from "../timeline";

/** Cards that follow one another within this time share the room, lest the picture move to and fro. */
const MERGED_MS = 3500;
const RAMP_MS = 600;

export type Span = readonly [from: number, to: number];

/** When there is a card or a curve, in order; what is about to vanish counts no more. */
export function cardSpans(tracks: readonly BoundTrack[]): Span[] {
  const found = tracks
    .filter(({ channel, targets }) => channel === "opacity" && targets.some(isCard))
    .flatMap(({ times, values }) => spansOf(times, values))
    .sort(([a], [b]) => a - b);
  const merged: Span[] = [];
  for (const [from, to] of found) {
    const last = merged.at(-1);
    if (last && from - last[1] <= MERGED_MS)
      merged[merged.length - 1] = [last[0], Math.max(last[1], to)];
    else merged.push([from, to]);
  }
  return merged;
}

/** From 0 to 1. A card that is there has all of it: it often vanishes right after a stop, where one looks at it. */
export function roomAt(spans: readonly Span[], t: number): number {
  let room = 0;
  for (const [from, to] of spans) {
    if (t <= from || t >= to + RAMP_MS) continue;
    room = Math.max(room, Math.min((t - from) / RAMP_MS, (to + RAMP_MS - t) / RAMP_MS, 1));
  }
  return easing("smooth")!(room);
}

function isCard(target: string): boolean {
  return target.startsWith("card ") || target.startsWith("plot ");
}

function spansOf(times: readonly number[], values: readonly number[]): Span[] {
  const spans: Span[] = [];
  const put = (from: number, to: number): void => void spans.push([from, to]);
  if (values[0]! > 0) put(-RAMP_MS, times[0]!);
  for (let i = 1; i < times.length; i++) {
    if (values[i]! > 0) put(times[i - 1]!, times[i]!);
  }
  if (values.at(-1)! > 0) put(times.at(-1)!, Infinity);
  return spans;
}
