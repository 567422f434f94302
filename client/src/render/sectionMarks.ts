/** Names of modules, each beside a bracket along its frame: what one reads from afar. */
import type { Section } from "../scene/sections";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";
import type { Point } from "./label";

const SIZE_PX = [15, 12.5, 11.5];
/** Cells between a frame and its bracket. */
const GAP = 8;

export function sectionMarks(sections: readonly Section[], theme: Theme): Decoration {
  const all = emptyDecoration();
  for (const { bounds, label, level } of sections) {
    const [left, top, z] = bounds.min;
    const bottom = bounds.max[1];
    const x = left - GAP;
    const from: Point = [x, top, z];
    const to: Point = [x, bottom, z];
    const colour = rgb(level === 0 ? theme.ink : theme.inkSoft);
    const at = all.labels.length;
    all.labels.push({
      text: label,
      anchor: [x, (top + bottom) / 2, z],
      align: [1, 0.5],
      shift: [-8, 0],
      size: { px: SIZE_PX[level] ?? 11.5 },
      colour,
      weight: level === 0 ? 0.8 : 0.55,
      priority: level,
      span: { from, to, leastPx: level === 0 ? 14 : 26, mostPx: 2600, slides: true },
      isAlwaysOnTop: true,
    });
    const style = { colour, alpha: level === 0 ? 0.5 : 0.3, widthPx: 1, label: at };
    all.strokes.push({ ...style, from, to });
    for (const end of [from, to]) {
      all.strokes.push({ ...style, from: end, to: end, shift: [0, 0, 5, 0] });
    }
  }
  return all;
}
