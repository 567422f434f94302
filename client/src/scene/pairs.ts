/**
 * A cell as the GPU reads it: a pair of its mean and its root mean square.
 *
 * Shaders cannot be trusted to recognise NaN or infinity, so that what is not a finite number is
 * written as a mean of 0 and a negative second entry, one of `MARK`.
 */
import type { Tile } from "../bundle/tiles";
import { NO_PAGE } from "./pages";

/** What the second entry of a pair says when it is negative. */
export const MARK = {
  empty: -1,
  nan: -2,
  plusInfinity: -3,
  minusInfinity: -4,
} as const;

/**
 * Writes the cells of a tile, the first at cell `at`, rows `stride` cells apart; returns the largest finite
 * magnitude among them, 0 where there is none.
 */
export function writeTile(pairs: Float32Array, at: number, stride: number, tile: Tile): number {
  let from = 0;
  let largest = 0;
  for (let row = 0; row < tile.rows; row++) {
    let to = (at + row * stride) * 2;
    for (let column = 0; column < tile.columns; column++, from += 2, to += 2) {
      const mean = tile.data[from]!;
      if (Number.isFinite(mean)) {
        const spread = tile.data[from + 1]!;
        pairs[to] = mean;
        pairs[to + 1] = Number.isFinite(spread) ? spread : Math.abs(mean);
        if (Math.abs(mean) > largest) largest = Math.abs(mean);
      } else {
        pairs[to] = 0;
        pairs[to + 1] = markOf(mean);
      }
    }
  }
  return largest;
}

/** Every pair is that of a cell without a value. */
export function empty(pairs: Float32Array): void {
  for (let i = 0; i < pairs.length; i += 2) {
    pairs[i] = 0;
    pairs[i + 1] = MARK.empty;
  }
}

/** A table of no pages. */
export function blank(pairs: Float32Array): void {
  for (let i = 0; i < pairs.length; i += 2) {
    pairs[i] = 0;
    pairs[i + 1] = NO_PAGE;
  }
}

/** What stands for a number that is not finite. */
export function markOf(number: number): number {
  if (Number.isNaN(number)) return MARK.nan;
  return number > 0 ? MARK.plusInfinity : MARK.minusInfinity;
}
