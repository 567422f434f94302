/** What a model takes: work for a token, memory for its weights; from the sums that the bundle brings. */
import type { Model, Part } from "../bundle/wire";

/** Ways of writing a weight down, and the bytes that each takes. */
export const PRECISIONS = [
  { name: "float32", bytes: 4 },
  { name: "bfloat16", bytes: 2 },
  { name: "int8", bytes: 1 },
  { name: "4 bit", bytes: 0.5 },
] as const;

/** A polynomial whose constant comes first. */
function at(coefficients: readonly number[], tokens: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * tokens + coefficient, 0);
}

/**
 * Multiply-adds of a pass over so many tokens, divided by them. Where tokens look back only, that is what
 * the last of them takes while what was made of those before it is kept.
 */
export function workPerToken(parts: readonly Part[], tokens: number): number {
  return parts.reduce((sum, part) => sum + at(part.multiply_adds, tokens), 0) / tokens;
}

/** Bytes of all weights, each written down in so many. */
export function memory({ cost }: Model, bytesEach: number): number {
  return Math.ceil(cost.parameters * bytesEach);
}
