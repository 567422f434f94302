/** What a forward pass starts from. */
import type { LoadedModel, ValueArray, Values } from "../bundle";

/** Every weight of the model; empty when one is missing. */
export function weightsOf(model: LoadedModel, values: Values): Map<string, ValueArray> {
  const weights = new Map<string, ValueArray>();
  for (const name of model.names) {
    if (model.tensor(name).spec.role !== "weight") continue;
    const array = values.get(name);
    if (array === undefined) return new Map();
    weights.set(name, array);
  }
  return weights;
}
