/** The texts of the prompt above the block of token ids, each joined to its cell. */
import type { Block } from "../scene/blocks";
import { visibleToken } from "../scene/format";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";

const GAP = 14;
const HEIGHT = 13;
const WIDEST = 15;
/** With more positions than this, those without a token are not drawn, and the texts stand above their cells. */
const MOST_EMPTY = 16;

/** `room`: how wide it may become, in cells. */
export function tokenStrip(
  block: Block,
  texts: readonly string[],
  room: number,
  theme: Theme,
): Decoration {
  const all = emptyDecoration();
  const isAcross = block.columns.axis?.length_of != null;
  const edge = isAcross ? block.columns : block.rows;
  const places = edge.length <= MOST_EMPTY ? edge.length : texts.length;
  if (places === 0) return all;
  const pitch = Math.min(WIDEST, Math.max(room / places, 1.5));
  const width = pitch * 0.88;
  const height = Math.min(HEIGHT, width);
  const ink = rgb(theme.ink);
  const line = rgb(theme.roles.input.ink);
  const { x, y, z } = block;
  const middle = (isAcross ? x : y) + places / 2;
  for (let i = 0; i < places; i++) {
    const text = texts[i];
    const centre = middle + (i - (places - 1) / 2) * pitch;
    const centreX = isAcross ? centre : x - GAP - width / 2;
    const centreY = isAcross ? y - GAP - height / 2 : centre;
    all.panels.push({
      at: [centreX - width / 2, centreY - height / 2, z],
      size: [width, height],
      fill: rgb(theme.surface),
      fillAlpha: text === undefined ? 0 : 1,
      border: text === undefined ? rgb(theme.line) : line,
      borderAlpha: text === undefined ? 0.8 : 0.55,
      borderPx: 1,
    });
    all.strokes.push({
      from: isAcross ? [centreX, centreY + height / 2, z] : [centreX + width / 2, centreY, z],
      to: isAcross ? [x + i + 0.5, y, z] : [x, y + i + 0.5, z],
      colour: text === undefined ? rgb(theme.line) : line,
      alpha: text === undefined ? 0.5 : 0.5,
      widthPx: 1,
    });
    if (text === undefined) continue;
    const shown = visibleToken(text);
    const letters = [...shown].length;
    all.labels.push({
      text: shown,
      anchor: [centreX, centreY, z],
      align: [0.5, 0.5],
      shift: [0, 0],
      size: { cells: Math.min(height * 0.78, (width * 1.5) / letters), leastPx: 8, mostPx: 30 },
      colour: ink,
      weight: 0.6,
      priority: -1,
      isAlwaysOnTop: true,
    });
  }
  return all;
}
