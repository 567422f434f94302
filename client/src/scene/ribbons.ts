/**
 * What feeds what: the bands of the bundle's scene. A band that is repeated in every layer is one shape
 * that stands in many places, so that the work of drawing it grows with the different ones only.
 */
import { fullName, stackOf } from "../bundle/model";
import type * as wire from "../bundle/wire";
import type { Bounds } from "./blocks";
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

/** What a ribbon takes up at each of its places. */
export function placedBounds({ points, width, places }: Ribbon): Bounds[] {
  const of = (i: 0 | 1 | 2): number[] => points.map((point) => point[i]);
  const [xs, ys, zs] = [of(0), of(1), of(2)];
  const half = width / 2;
  const least = [Math.min(...xs) - half, Math.min(...ys) - half, Math.min(...zs)] as const;
  const most = [Math.max(...xs) + half, Math.max(...ys) + half, Math.max(...zs)] as const;
  return places.map(({ offset: { x, y, z } }) => ({
    min: [least[0] + x, least[1] + y, least[2] + z],
    max: [most[0] + x, most[1] + y, most[2] + z],
  }));
}
