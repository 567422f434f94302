/** What feeds what: the bands of the bundle's scene, written out for every layer. */
import { fullName, stackOf } from "../bundle/model";
import type * as wire from "../bundle/wire";
import { stacksOf } from "./stacks";

export interface Band {
  /** Full names of the tensor that is read and of the one computed from it. */
  readonly source: string;
  readonly target: string;
  readonly points: readonly (readonly [number, number, number])[];
  readonly width: number;
  /** A role of a tensor, or `residual`. */
  readonly role: string;
}

export function bandsOf(model: wire.Model): Band[] {
  const stacks = stacksOf(model);
  const bands: Band[] = [];
  for (const ribbon of model.scene.ribbons) {
    const { width, role } = ribbon;
    const layers = ribbon.layers ?? [];
    if (layers.length === 0) {
      bands.push({
        source: ribbon.source,
        target: ribbon.target,
        points: ribbon.points,
        width,
        role,
      });
      continue;
    }
    const stack = stackOf(ribbon.target) ?? stackOf(ribbon.source) ?? "";
    for (const layer of layers) {
      const offset = stacks.offset(stack, layer);
      const name = (ref: string) => fullName(ref, layer).replace(".<.", `.${layer - 1}.`);
      bands.push({
        source: name(ribbon.source),
        target: name(ribbon.target),
        points: ribbon.points.map(
          ([x, y, z]) => [x + offset.x, y + offset.y, z + offset.z] as const,
        ),
        width,
        role,
      });
    }
  }
  return bands;
}
