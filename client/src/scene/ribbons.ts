/**
 * What feeds what: the bands of the bundle's scene. A band that is repeated in every layer is one shape
 * that stands in many places, so that the work of drawing it grows with the different ones only.
 */
import { fullName, stackOf } from "../bundle/model";
import type * as wire from "../bundle/wire";
import { stacksOf } from "./stacks";

/** One shape of a band, and where it stands. */
export interface Ribbon {
  readonly points: readonly (readonly [number, number, number])[];
  readonly width: number;
  /** A role of a tensor, or `residual`. */
  readonly role: string;
  readonly places: readonly Place[];
}

interface Place {
  /** Full names of the tensor that is read and of the one computed from it. */
  readonly source: string;
  readonly target: string;
  readonly offset: wire.Point;
}

const HERE: wire.Point = { x: 0, y: 0, z: 0 };

export function ribbonsOf(model: wire.Model): Ribbon[] {
  const stacks = stacksOf(model);
  return model.scene.ribbons.map(({ source, target, points, width, role, layers = [] }) => {
    if (layers.length === 0) {
      return { points, width, role, places: [{ source, target, offset: HERE }] };
    }
    const stack = stackOf(target) ?? stackOf(source) ?? "";
    const places = layers.map((layer) => {
      const name = (ref: string) => fullName(ref, layer).replace(".<.", `.${layer - 1}.`);
      return { source: name(source), target: name(target), offset: stacks.offset(stack, layer) };
    });
    return { points, width, role, places };
  });
}
