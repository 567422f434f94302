/** Long work in pieces, so that the page can answer and be drawn between any two of them. */
import { breath } from "../bundle/breath";

/** A task of the browser should be no longer than this; pieces are small beside it. */
const SLICE_MS = 12;

/**
 * Do the work of a generator, pausing whenever a slice of time is used up, and until a promise that it yields
 * has come true. `isWanted`: whether to go on.
 */
export async function inSlices<T>(
  work: Generator<Promise<void> | void, T>,
  isWanted: () => boolean = () => true,
): Promise<T | null> {
  let start = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (value instanceof Promise) await value;
    else if (performance.now() - start < SLICE_MS) continue;
    else await breath();
    if (!isWanted()) return null;
    start = performance.now();
  }
}
