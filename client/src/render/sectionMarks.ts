/**
 * Names of modules: what one reads from afar. A name stands at the top left of its frame, else beside a bracket along the frame; the first place that is free of blocks and other labels is taken.
 */
import type { Section } from "../scene/sections";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";
import type { Label, Point } from "./label";

const SIZE_PX = [17, 13, 12];
/** Cells between a frame and its bracket, and CSS pixels from that to the name. */
const GAP = 6;
const GAP_PX = 7;

/** `blockIn`: the id of a block that stands for a module, by its path. */
export function sectionMarks(
  sections: readonly Section[],
  theme: Theme,
  blockIn: (path: string) => number | undefined,
): Decoration {
  const all = emptyDecoration();
  sections.forEach((section, i) => {
    const { bounds, label, level, path } = section;
    const block = blockIn(path);
    const [left, top, z] = bounds.min;
    const [right, bottom] = bounds.max;
    const px = SIZE_PX[level] ?? 12;
    const colour = rgb(level === 0 ? theme.ink : theme.inkSoft);
    const name = {
      text: label,
      size: { px },
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
      span: { from, to, leastPx: level === 0 ? 24 : 130, mostPx: 2600, slides: true },
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
