/**
 * Choosing the next token: greedy, temperature, top-k, top-p. Follows `src/cutaway/sampling.py`;
 * golden cases hold the two together.
 *
 * The random number is a function of the seed and of the position, not of a generator's history, so
 * that a step gives the same token wherever and whenever it is taken.
 */
import { CutawayError } from "../bundle";

export interface Sampling {
  /** Divides the logits; 0 is greedy. */
  readonly temperature: number;
  /** Keeps the k most likely tokens; null keeps all. */
  readonly topK: number | null;
  /** Keeps the fewest tokens whose chances add up to at least p; null keeps all. */
  readonly topP: number | null;
  readonly seed: number;
}

export const GREEDY: Sampling = { temperature: 0, topK: null, topP: null, seed: 0 };

/** A token that can be chosen. */
export interface Chance {
  readonly token: number;
  readonly probability: number;
}

/** A setting out of its range. */
export class SettingError extends CutawayError {
  override readonly name = "SettingError";
}

const LARGEST_SEED = 0xffffffff;

/** Throws SettingError that says which setting was expected to be what. */
export function checkSampling({ temperature, topK, topP, seed }: Sampling): void {
  if (!(Number.isFinite(temperature) && temperature >= 0)) {
    throw new SettingError(`temperature must be zero or more, got ${temperature}`);
  }
  if (topK !== null && !(Number.isInteger(topK) && topK >= 1)) {
    throw new SettingError(`top_k must be 1 or more, got ${topK}`);
  }
  if (topP !== null && !(topP > 0 && topP <= 1)) {
    throw new SettingError(`top_p must be above 0 and at most 1, got ${topP}`);
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED)) {
    throw new SettingError(`seed must be from 0 to ${LARGEST_SEED}, got ${seed}`);
  }
}

/**
 * A number in [0, 1) that depends on `seed` and `position` only: two rounds of the 32-bit finalizer
 * of MurmurHash3 (Appleby 2011, public domain).
 */
export function uniform(seed: number, position: number): number {
  let x = seed ^ Math.imul(position, 0x9e3779b9);
  for (let round = 0; round < 2; round++) {
    x ^= x >>> 16;
    x = Math.imul(x, 0x85ebca6b);
    x ^= x >>> 13;
    x = Math.imul(x, 0xc2b2ae35);
    x ^= x >>> 16;
  }
  return (x >>> 0) / 2 ** 32;
}

/**
 * The tokens that can be chosen with their probabilities, most likely first; ties by token id. NaN
 * among the `logits` (one for each entry of the vocabulary) counts as impossible.
 */
export function chances(logits: ArrayLike<number>, how: Sampling): Chance[] {
  checkSampling(how);
  const scores = Float64Array.from(logits, (logit) => (Number.isNaN(logit) ? -Infinity : logit));
  const order = [...scores.keys()].sort((a, b) => compare(scores[b]!, scores[a]!) || a - b);
  const first = order[0]!;
  const top = scores[first]!;
  if (how.temperature === 0 || !Number.isFinite(top)) return [{ token: first, probability: 1 }];
  const kept = order.slice(0, how.topK ?? order.length);
  const weights = kept.map((token) => Math.exp((scores[token]! - top) / how.temperature));
  const total = sumOf(weights);
  const result: Chance[] = [];
  let reached = 0;
  for (const [i, token] of kept.entries()) {
    const probability = weights[i]! / total;
    result.push({ token, probability });
    reached += probability;
    if (how.topP !== null && reached >= how.topP) break;
  }
  const norm = sumOf(result.map(({ probability }) => probability));
  return result.map(({ token, probability }) => ({ token, probability: probability / norm }));
}

/** The token that follows `position` tokens. */
export function choose(logits: ArrayLike<number>, how: Sampling, position: number): number {
  const candidates = chances(logits, how);
  const u = uniform(how.seed, position);
  let reached = 0;
  for (const { token, probability } of candidates) {
    reached += probability;
    if (u < reached) return token;
  }
  return candidates.at(-1)!.token;
}

/** Unlike a difference, right for two equal infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sum as exact as Python's `fsum` for what occurs here, with a second number for what is lost. */
function sumOf(numbers: number[]): number {
  let sum = 0;
  let lost = 0;
  for (const number of numbers) {
    const next = sum + number;
    lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum;
    sum = next;
  }
  return sum + lost;
}
