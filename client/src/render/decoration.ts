/** What stands around the blocks: labels, lines and rectangles that belong together. */
import type { Label } from "./label";
import type { Panel } from "./panelMesh";
import type { Stroke } from "./strokeMesh";

export interface Decoration {
  readonly labels: Label[];
  /** `label` counts the labels of this decoration. */
  readonly strokes: Stroke[];
  readonly panels: Panel[];
}

export function emptyDecoration(): Decoration {
  return { labels: [], strokes: [], panels: [] };
}

/** Several as one. */
export function joined(parts: readonly Decoration[]): Decoration {
  const all = emptyDecoration();
  for (const { labels, strokes, panels } of parts) {
    const first = all.labels.length;
    for (const stroke of strokes) {
      all.strokes.push(
        stroke.label === undefined ? stroke : { ...stroke, label: first + stroke.label },
      );
    }
    all.labels.push(...labels);
    all.panels.push(...panels);
  }
  return all;
}
