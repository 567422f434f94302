/**
 * Names of modules: what one reads from afar. A name stands at the top left of its frame, else beside a bracket along the frame; the first place that is free of blocks and other labels is taken.
 */
import { type Group, layerPath } from "../scene/groups";
import type { Section } from "../scene/sections";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";
import type { Label, Point } from "./label";

const SIZE_PX = [17, 13, 12];
/** How much of its width the name of a layer may take, about, and how small it may be. */
const NAME_SHARE = 0.8;
const EMS_OF_LETTER = 0.52;
const LEAST_NAME_PX = 9;
/** Cells between a frame and its bracket, and CSS pixels from that to the name. */
const GAP = 6;
const GAP_PX = 7;

/** `groups`: the blocks that the sections hold. */
export function sectionMarks(
  sections: readonly Section[],
  groups: readonly Group[],
  theme: Theme,
): Decoration {
  const all = emptyDecoration();
  sections.forEach((section, i) => {
    const { bounds, label, level, path } = section;
    const block = blockIn(path, groups);
    const [left, top, z] = bounds.min;
    const [right, bottom] = bounds.max;
    const px = SIZE_PX[level] ?? 12;
    // One layer among many: its name is no wider than the layer.
    const isLayer = section.layer !== null && path === layerPath(path, section.layer);
    const cells = ((right - left) * NAME_SHARE) / (label.length * EMS_OF_LETTER);
    const size = isLayer ? { cells, leastPx: LEAST_NAME_PX, mostPx: px } : { px };
    const colour = rgb(level === 0 ? theme.ink : theme.inkSoft);
    const name = {
      text: label,
      size,
      colour,
      weight: level === 0 ? 0.75 : 0.5,
      group: i + 1,
      ...(block !== undefined && { block }),
      avoidsBlocks: true,
    };
    // The names of blocks stand close above them, and leave room for those of modules.
    const above = level === 0 ? -5 : -21;
    const corner = (line: number, priority: number): Label => ({
      ...name,
      anchor: [left, top, z],
      align: [0, line < 0 ? 1 : 0],
      shift: [line < 0 ? 0 : 4, line < 0 ? above : 3 + line * px * 1.35],
      priority: level + priority,
      span: { from: [left, top, z], to: [left, bottom, z], leastPx: level === 0 ? 60 : 90 },
    });
    // Above its frame; else, in a frame that has an empty corner, inside that.
    const isWide = right - left > 40;
    const corners = isWide
      ? level === 0
        ? [corner(-1, 0), corner(0, 0.1)]
        : [corner(0, 0), corner(1, 0.1), corner(-1, 0.2)]
      : [];
    const from: Point = [left - GAP, top, z];
    const to: Point = [left - GAP, bottom, z];
    const beside: Label = {
      ...name,
      anchor: [left - GAP, (top + bottom) / 2, z],
      align: [1, 0.5],
      shift: [-GAP_PX, 0],
      priority: level + 0.5,
      span: { from, to, leastPx: level > 0 ? 130 : isLayer ? 60 : 24, mostPx: 2600, slides: true },
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

/** The id of a block that stands for a module: gone together with it. */
function blockIn(path: string, groups: readonly Group[]): number | undefined {
  for (const { key, blocks } of groups) {
    const isPossible = key === "" || key === path || path.startsWith(`${key}.`);
    if (!isPossible) continue;
    const found = blocks.find(({ tensor }) => tensor.startsWith(`${path}.`));
    if (found !== undefined) return found.id;
  }
  return undefined;
}
