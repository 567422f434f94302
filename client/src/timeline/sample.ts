/**
 * What a chapter looks like at a moment: a pure function of its tracks and the time.
 *
 * Nothing is remembered between two calls, so that playing, going back, jumping and links to a moment
 * all show the same. A track takes a binary search; nothing is allocated when `into` is given.
 */
import { easing } from "./easing";

/** A track for one run: every value is a number. */
export interface BoundTrack {
  readonly channel: string;
  /** As in the chapter: `*` stands for every layer. */
  readonly targets: readonly string[];
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly eases: readonly string[];
}

/** The value of a track at `t` milliseconds. */
export function valueAt({ times, values, eases }: BoundTrack, t: number): number {
  let low = 0;
  let high = times.length;
  // The first key that is later than t.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return values[0]!;
  if (low === times.length) return values[low - 1]!;
  const t0 = times[low - 1]!;
  const v0 = values[low - 1]!;
  const u = (t - t0) / (times[low]! - t0);
  return v0 + (values[low]! - v0) * easing(eases[low]!)!(u);
}

/** The value of every track at `t` milliseconds. */
export function sample(
  tracks: readonly BoundTrack[],
  t: number,
  into = new Float64Array(tracks.length),
): Float64Array {
  for (let i = 0; i < tracks.length; i++) into[i] = valueAt(tracks[i]!, t);
  return into;
}
