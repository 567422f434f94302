/** Which drawing of a model its tour is told on. */
import type { Model } from "../bundle/wire";
import type { Length } from "./choices";

/**
 * The name of the drawing for the fewest tokens, where the model is a structure that stands there at its whole
 * context; else null. Beside the scores of a long context, one for each pair of tokens, nothing that is told could
 * be seen. Who has chosen a number of tokens keeps it; a run is drawn as long as its prompt is.
 */
export function drawingToTell(
  spec: Pick<Model, "name" | "context" | "whole">,
  lengths: readonly Length[],
  hasValues: boolean,
): string | null {
  if (hasValues || spec.whole !== null) return null;
  const fewest = lengths[0];
  return fewest && fewest.tokens < spec.context ? fewest.name : null;
}
