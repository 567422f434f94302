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
/** What is free above everything that is shown, anyway. */
const MARGIN_PX = 24;
/** Numbers of groups of labels below those of sections. */
const GROUP = -1;

export function modelTitle(title: string, { min, max }: Bounds, theme: Theme): Decoration {
  const all = emptyDecoration();
  const anchor = [(min[0] + max[0]) / 2, min[1], min[2]] as const;
  for (let step = 0; step < STEPS; step++) {
    // Centred, else to the right or to the left of the line, before it goes up.
    for (const [i, align] of [0.5, 0.06, 0.94].entries()) {
      const up = OFF_PX + step * STEP_PX;
      const label = all.labels.length;
      all.labels.push({
        text: title,
        anchor,
        align: [align, 1],
        shift: [0, -up],
        size: { px: TITLE_PX },
        colour: rgb(theme.ink),
        weight: 0.9,
        priority: -2 + step * 0.01 + i * 0.001,
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
        label,
      });
    }
  }
  return all;
}

/** CSS pixels above the models that their names need, for `models` of them. */
export function titleRoom(models: number): number {
  return models < 2 ? 0 : OFF_PX + Math.min(models, STEPS) * STEP_PX - MARGIN_PX;
}
