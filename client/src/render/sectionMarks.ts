/**
 * Names of modules: what one reads from afar. A name stands at the top left of its frame, else beside a
 * bracket along the frame; the first place that is free of blocks and other labels is taken. The layers of
 * a stack are named together (see layerNames.ts), each above its frame; beside it when one is inside.
 */
import { type Group, layerPath } from "../scene/groups";
import type { Block, Bounds } from "../scene/blocks";
import type { Section } from "../scene/sections";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";
import type { Label, Point } from "./label";
import type { LayerPlace, Obstacle } from "./layerNames";

const SIZE_PX = [17, 13, 12];
/** Frames that are wider than this, in cells, are named above; narrower ones beside. */
const NARROW = 40;
/** CSS pixels of the height of a layer from which on it is named at all. */
const LEAST_LAYER_PX = 24;
/** CSS pixels of the height of a layer from which on its name stands beside it when it cannot be above. */
const INSIDE_PX = 420;
/** Cells between a frame and its bracket, and CSS pixels from that to the name. */
const GAP = 6;
const GAP_PX = 7;
/** How much lower a name beside the first layer begins than its frame: below the ruler of a table above it. */
const BEFORE_DROP_PX = 9;
/** CSS pixels of a frame that have to be in view for a name beside it. */
const LEAST_SEEN_PX = 40;
/** CSS pixels of the height of a frame that has its name within. */
const LEAST_WITHIN_PX = 160;
/** How much higher the first layer's name stands to be clear of a table above it that is seen from afar. */
const FIRST_LIFT_PX = 12;
/** And above small boxes, such as those of relative positions. */
const SECOND_LIFT_PX = 26;

/** `groups`: the blocks that the sections hold. */
export function sectionMarks(
  sections: readonly Section[],
  groups: readonly Group[],
  theme: Theme,
): Decoration {
  const all = emptyDecoration();
  const places = placesOf(sections, groups);
  sections.forEach((section, i) => {
    const { bounds, label, level, path } = section;
    const [block, last] = blocksIn(path, groups);
    const [left, top, z] = bounds.min;
    const [right, bottom] = bounds.max;
    const px = SIZE_PX[level] ?? 12;
    const layer = places.get(section);
    const colour = rgb(level === 0 ? theme.ink : theme.inkSoft);
    const name = {
      text: label,
      size: { px },
      colour,
      weight: level === 0 ? 0.75 : 0.5,
      group: i + 1,
      ...(block !== undefined && { block }),
      // The first block of a layer may be lit for what comes before it.
      ...(layer !== undefined && last !== undefined && { last }),
      avoidsBlocks: "throughout" as const,
    };
    // The names of blocks stand close above them, and leave room for those of modules.
    const lift = level === 0 ? -5 : -21;
    const corner = (line: number, priority: number): Label => ({
      ...name,
      anchor: [left, top, z],
      align: [0, line < 0 ? 1 : 0],
      shift: [line < 0 ? 0 : 4, line < 0 ? lift : 3 + line * px * 1.35],
      priority: level + priority,
      span: { from: [left, top, z], to: [left, bottom, z], leastPx: level === 0 ? 60 : 90 },
    });
    const inTurn = level === 0 ? [corner(-1, 0), corner(0, 0.1)] : [];
    if (level > 0) inTurn.push(corner(0, 0), corner(1, 0.1), corner(-1, 0.2));
    const span = { from: [left, top, z], to: [left, bottom, z], leastPx: LEAST_LAYER_PX } as const;
    const above = { ...corner(-1, 0), span, isAlwaysOnTop: true, avoidsBlocks: false };
    const isWide = right - left > NARROW;
    const ofLayer = layer === undefined ? [] : namesOfLayer({ ...above, layer }, right);
    const corners = !isWide ? [] : layer === undefined ? inTurn : ofLayer;
    const from: Point = [left - GAP, top, z];
    const to: Point = [left - GAP, bottom, z];
    const isInside = isWide && layer !== undefined;
    const leastPx = isInside ? INSIDE_PX : level > 0 ? 130 : layer !== undefined ? 60 : 24;
    const beside: Label = {
      ...name,
      anchor: [left - GAP, (top + bottom) / 2, z],
      align: [1, 0.5],
      shift: [-GAP_PX, 0],
      priority: level + 0.5,
      span: { from, to, leastPx, mostPx: 2600, slides: true, leastSeenPx: LEAST_SEEN_PX },
    };
    const bracket = all.labels.length + corners.length;
    all.labels.push(...corners, beside);

    const style = { colour, alpha: level === 0 ? 0.5 : 0.3, widthPx: 1, label: bracket };
    all.strokes.push({ ...style, from, to });
    for (const end of [from, to]) {
      all.strokes.push({ ...style, from: end, to: end, shift: [0, 0, 5, 0] });
    }
  });
  return all;
}

/**
 * The places of a layer's name. What comes before the layers stands above the first of them, often close by: that
 * one's name gives way to it, to the left of the frame, or, where that is at the border of the picture, up above it.
 * At last it stands within a large frame, at its `right` end.
 */
function namesOfLayer(above: Label & { readonly layer: LayerPlace }, right: number): Label[] {
  if (above.layer.column + above.layer.row > 0) return [above];
  const clear = { ...above, avoidsBlocks: "throughout" as const };
  const before = { align: [1, 0] as const, shift: [-2 * GAP_PX, BEFORE_DROP_PX] as const };
  const [across, lift] = above.shift;
  const higher = { shift: [across, lift - FIRST_LIFT_PX] as const };
  const highest = { shift: [across, lift - SECOND_LIFT_PX] as const };
  return [
    clear,
    { ...clear, ...before, priority: above.priority + 0.1 },
    { ...clear, ...higher, priority: above.priority + 0.2 },
    { ...clear, ...highest, priority: above.priority + 0.3 },
    {
      ...clear,
      anchor: [right, above.anchor[1], above.anchor[2]],
      align: [1, 0],
      shift: [-GAP_PX, GAP_PX],
      priority: above.priority + 0.4,
      span: { ...above.span!, leastPx: LEAST_WITHIN_PX },
    },
  ];
}

/** Where each layer stands among those of its stack: they go down a column, then down the next. */
function placesOf(
  sections: readonly Section[],
  groups: readonly Group[],
): Map<Section, LayerPlace> {
  const places = new Map<Section, LayerPlace>();
  const stacks = new Map<string, Section[]>();
  for (const section of sections) {
    const { path, layer } = section;
    if (layer === null || path !== layerPath(path, layer)) continue;
    const stack = path.slice(0, -String(layer).length);
    const known = stacks.get(stack);
    if (known !== undefined) known.push(section);
    else stacks.set(stack, [section]);
  }
  const byKey = new Map(groups.map((group) => [group.key, group]));
  for (const [stack, layers] of stacks) {
    layers.sort((a, b) => a.layer! - b.layer!);
    let [column, row] = [0, -1];
    let above: Section | null = null;
    for (const section of layers) {
      const isBelow = above === null || section.bounds.min[1] > above.bounds.min[1];
      if (isBelow) row += 1;
      else [column, row] = [column + 1, 0];
      const over = row > 0 ? byKey.get(above!.path) : undefined;
      places.set(section, { stack, column, row, over: obstaclesOf(section.bounds, over) });
      above = section;
    }
  }
  return places;
}

/** What of the layer above a frame its name may come to lie on. */
function obstaclesOf({ min, max }: Bounds, over: Group | undefined): Obstacle[] {
  const found: Obstacle[] = [];
  for (const { x, y, columns, rows } of over?.blocks ?? []) {
    const gap = min[1] - y - rows.length;
    const reach = Math.max(x - min[0], 0);
    if (y >= min[1] || x >= max[0] || x + columns.length <= min[0]) continue;
    if (!found.some((each) => each.gap <= gap && each.reach <= reach)) found.push({ gap, reach });
  }
  return found;
}

/** The ids of the first block of a module, and of the one that it computes and that stands lowest: what it hands on. */
function blocksIn(path: string, groups: readonly Group[]): (number | undefined)[] {
  for (const { key, blocks } of groups) {
    const isPossible = key === "" || key === path || path.startsWith(`${key}.`);
    if (!isPossible) continue;
    const isOwn = ({ tensor }: Block): boolean => tensor.startsWith(`${path}.`);
    const found = blocks.find(isOwn);
    if (found === undefined) continue;
    const computed = blocks.filter((each) => isOwn(each) && each.role === "activation");
    const bottom = Math.max(...computed.map(({ y, rows }) => y + rows.length));
    return [found.id, computed.findLast(({ y, rows }) => y + rows.length === bottom)?.id];
  }
  return [];
}
