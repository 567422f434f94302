/** Modules as places in the scene: for section labels and for flying to one. */
import { fullName, stackOf } from "../bundle/model";
import type * as wire from "../bundle/wire";
import type { Bounds } from "./blocks";
import { stacksOf } from "./stacks";

export interface Section {
  /** Path of the module with the number of the layer. */
  readonly path: string;
  /** Path as the bundle has it, for example `blocks.*.attn`. */
  readonly module: string;
  readonly layer: number | null;
  readonly label: string;
  /** How many modules it is nested in, the root not counted. */
  readonly level: number;
  readonly bounds: Bounds;
}

/** Every framed module, outer ones before those inside them; the root is left out. */
export function sectionsOf(model: wire.Model): Section[] {
  const stacks = stacksOf(model);
  const modules: { module: wire.Module; layers: readonly number[] | null; level: number }[] = [];
  const walk = (module: wire.Module, layers: readonly number[] | null, level: number): void => {
    const own = module.path.endsWith(".*") ? (module.layers ?? layers) : layers;
    modules.push({ module, layers: own, level });
    for (const inner of module.modules ?? []) walk(inner, own, level + 1);
  };
  walk(model.root, null, -1);

  const sections: Section[] = [];
  const add = (frame: wire.Frame, layer: number | null, offset: wire.Point): void => {
    // Several modules may have the same path, each for other layers.
    const found = modules.find(
      ({ module, layers }) =>
        module.path === frame.module && (layer === null || (layers?.includes(layer) ?? true)),
    );
    const label = found?.module.label ?? frame.module;
    const level = found?.level ?? 0;
    const isBody = frame.module.endsWith(".*");
    const [x, y, z] = [frame.x + offset.x, frame.y + offset.y, frame.z + offset.z];
    sections.push({
      path: layer === null ? frame.module : fullName(frame.module, layer),
      module: frame.module,
      layer,
      label: isBody && !label.includes(String(layer)) ? `${label} ${layer}` : label,
      level,
      bounds: { min: [x, y, z], max: [x + frame.width, y + frame.height, z + frame.depth] },
    });
  };
  for (const frame of model.scene.frames) {
    if (frame.module === model.root.path) continue;
    const stack = stackOf(frame.module);
    if (stack === null) add(frame, null, { x: 0, y: 0, z: 0 });
    for (const layer of frame.layers ?? (stack === null ? [] : stacks.layers(stack))) {
      add(frame, layer, stacks.offset(stack!, layer));
    }
  }
  return sections.sort((a, b) => a.level - b.level);
}
