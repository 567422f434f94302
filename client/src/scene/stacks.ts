/** Repeated layers: which layers a stack has, and how far each is moved from its template. */
import { stackOf } from "../bundle/model";
import type * as wire from "../bundle/wire";
import { SceneError } from "./errors";

export interface Stacks {
  /** The layers of a stack, in order. */
  layers(stack: string): readonly number[];
  /** Where layer `layer` stands, from the place of its template. */
  offset(stack: string, layer: number): wire.Point;
}

/**
 * The stacks of a model. A layer's position in its stack is its position among all layers that any
 * tensor of the stack exists in: the layers of one kind of body need not be neighbours.
 */
export function stacksOf(model: wire.Model): Stacks {
  const sets = new Map<string, Set<number>>();
  for (const tensor of model.tensors) {
    const stack = stackOf(tensor.name);
    if (stack === null) continue;
    const set = sets.get(stack) ?? new Set();
    for (const layer of tensor.layers ?? []) set.add(layer);
    sets.set(stack, set);
  }
  const ordered = new Map([...sets].map(([stack, set]) => [stack, [...set].sort((a, b) => a - b)]));
  const layers = (stack: string): readonly number[] => ordered.get(stack) ?? [];
  return {
    layers,
    offset(stack, layer) {
      const offset = model.scene.offsets[stack]?.[layers(stack).indexOf(layer)];
      if (offset === undefined) {
        throw new SceneError(`The scene has no offset for layer ${layer} of "${stack}".`);
      }
      return offset;
    },
  };
}
