/** What a forward pass starts from. */
import type { LoadedModel, ValueArray, Values } from "../bundle";

/** Whether there is every weight of the model, which is all that a forward pass needs. */
export function hasWeights(model: LoadedModel, values: Values): boolean {
  const weights = model.names.filter((name) => model.tensor(name).spec.role === "weight");
  return weights.length > 0 && weights.every((name) => values.get(name) !== undefined);
}

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
