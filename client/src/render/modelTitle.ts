/** The name of a model above it, when there are several: always to be read, however small the model is. */
import type { Bounds } from "../scene/blocks";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";

const TITLE_PX = 20;
const OFF_PX = 30;
const STEP_PX = 28;
/** Beside a large model a small one is a dot: its name moves up until it has room, joined by a line. */
const STEPS = 6;
/** Numbers of groups of labels below those of sections. */
const GROUP = -1;

export function modelTitle(title: string, { min, max }: Bounds, theme: Theme): Decoration {
  const all = emptyDecoration();
  const anchor = [(min[0] + max[0]) / 2, min[1], min[2]] as const;
  for (let step = 0; step < STEPS; step++) {
    const up = OFF_PX + step * STEP_PX;
    all.labels.push({
      text: title,
      anchor,
      align: [0.5, 1],
      shift: [0, -up],
      size: { px: TITLE_PX },
      colour: rgb(theme.ink),
      weight: 0.9,
      priority: -2 + step * 0.01,
      group: GROUP,
      isAlwaysOnTop: true,
      staysIn: true,
    });
    all.strokes.push({
      from: anchor,
      to: anchor,
      shift: [0, -3, 0, -up + 3],
      colour: rgb(theme.inkSoft),
      alpha: 0.6,
      widthPx: 1,
      label: step,
    });
  }
  return all;
}
