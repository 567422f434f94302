/** The most probable tokens at one place as bars below the block of probabilities. */
import type { Tile, TileSource } from "../bundle/tiles";
import { TILE_SIDE } from "../bundle/tiles";
import type { Block, Bounds } from "../scene/blocks";
import { percent, visibleToken } from "../scene/format";
import type { Theme } from "../theme/palette";
import { mix, rgb } from "./colour";
import { type Decoration, emptyDecoration } from "./decoration";

export interface Prediction {
  readonly token: number;
  readonly probability: number;
}

const MOST = 5;
const GAP = 16;
const ROW = 13;
const BAR = 8;
const LONGEST = 90;
/** Cells of the height of a line: tokens and their probabilities come and go together. */
const TEXT = 10;
/** CSS pixels of that from which on lines of the least height that can be read do not overlap. */
const LEAST_PX = 7.4;

/** The most probable tokens at a place, the first one first; at once when the tiles are. */
export function predictionsOf(
  source: TileSource,
  block: Block,
  place: number | null,
): Prediction[] | Promise<Prediction[]> {
  if (place === null) return [];
  const isAcross = runsAcross(block);
  const far = Math.floor(place / TILE_SIDE);
  const near = place - far * TILE_SIDE;
  const extent = source.extent(block.tensor);
  const parts = Math.ceil((isAcross ? extent.rows : extent.columns) / TILE_SIDE);
  const tiles = Array.from({ length: parts }, (_, part) => {
    const at = isAcross ? { row: part, column: far } : { row: far, column: part };
    return source.tile({ tensor: block.tensor, slab: 0, level: 0, ...at });
  });
  const found = (all: readonly Tile[]): Prediction[] => likeliest(all, isAcross, near);
  const isHere = (tile: Tile | Promise<Tile>): tile is Tile => !(tile instanceof Promise);
  return tiles.every(isHere) ? found(tiles) : Promise.all(tiles).then(found);
}

/** The likeliest of a column (or a row) that goes through all tiles. */
function likeliest(tiles: readonly Tile[], isAcross: boolean, near: number): Prediction[] {
  const best: Prediction[] = [];
  tiles.forEach((tile, part) => {
    const count = isAcross ? tile.rows : tile.columns;
    for (let i = 0; i < count; i++) {
      const at = isAcross ? i * tile.columns + near : near * tile.columns + i;
      const probability = tile.data[at * 2]!;
      if (best.length === MOST && !(probability > best.at(-1)!.probability)) continue;
      best.push({ token: part * TILE_SIDE + i, probability });
      best.sort((a, b) => b.probability - a.probability);
      if (best.length > MOST) best.pop();
    }
  });
  return best;
}

/** Whether the places at which tokens are predicted are the columns of a block. */
function runsAcross({ columns }: Block): boolean {
  return columns.axis?.length_of != null;
}

/** The room that the chart takes, whatever is predicted. */
export function chartRoom(block: Block, vocabulary: number): Bounds {
  const middle = block.x + block.columns.length / 2;
  const bottom = block.y + block.rows.length;
  return {
    min: [middle - LONGEST / 2, bottom, block.z],
    max: [middle + LONGEST / 2 + 36, bottom + GAP + Math.min(MOST, vocabulary) * ROW, block.z],
  };
}

export function predictionChart(
  block: Block,
  place: number | null,
  predictions: readonly Prediction[],
  textOf: (token: number) => string,
  theme: Theme,
): Decoration {
  const all = emptyDecoration();
  if (predictions.length === 0 || place === null) return all;
  const { x, y, z } = block;
  const bottom = y + block.rows.length;
  const middle = x + block.columns.length / 2;
  const left = middle - LONGEST / 2 + 12;
  const top = bottom + GAP;
  const ramp = theme.roles.activation;
  all.strokes.push({
    from: runsAcross(block) ? [x + place + 0.5, bottom, z] : [middle, bottom, z],
    to: [left + LONGEST / 2 - 12, top - 2, z],
    colour: rgb(ramp.ink),
    alpha: 0.5,
    widthPx: 1,
  });
  predictions.forEach(({ token, probability }, i) => {
    const centre = top + (i + 0.5) * ROW;
    const share = Number.isFinite(probability) ? Math.min(Math.max(probability, 0), 1) : 0;
    const bar = { borderPx: 1, fillAlpha: 1, at: [left, centre - BAR / 2, z] as const };
    all.panels.push({
      ...bar,
      size: [LONGEST, BAR],
      fill: mix(rgb(theme.background), rgb(theme.empty), 0.6),
      border: rgb(theme.line),
      borderAlpha: 0.5,
    });
    if (share > 0) {
      all.panels.push({
        ...bar,
        size: [LONGEST * share, BAR],
        fill: mix(rgb(ramp.zero), rgb(ramp.ink), i === 0 ? 0.45 : 0.1),
        border: rgb(ramp.ink),
        borderAlpha: i === 0 ? 0.8 : 0.4,
      });
    }
    const text = {
      shift: [0, 0] as const,
      priority: -0.5 + i * 0.01,
      colour: rgb(theme.ink),
      isAlwaysOnTop: true,
    };
    all.labels.push({
      ...text,
      text: visibleToken(textOf(token)),
      anchor: [left - 3, centre, z],
      align: [1, 0.5],
      size: { cells: TEXT, leastPx: LEAST_PX, mostPx: 24 },
      weight: i === 0 ? 0.8 : 0.4,
    });
    all.labels.push({
      ...text,
      text: percent(probability),
      anchor: [left + LONGEST + 3, centre, z],
      align: [0, 0.5],
      size: { cells: TEXT, leastPx: LEAST_PX, mostPx: 20 },
      colour: rgb(theme.inkSoft),
      weight: 0.3,
    });
  });
  return all;
}
