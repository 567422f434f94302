/** The cell in question: marked with its row and column, its sources lit, and curves from them to it. */
import type { CellRef } from "../bundle/cell";
import type { Lengths, LoadedModel } from "../bundle/model";
import type { Block } from "../scene/blocks";
import { isInRun, type Patch, patchesOf, placeOf, type Selector, type Span } from "../scene/cells";
import type { Cuts, Wanted } from "../scene/cuts";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import type { Panel } from "./panelMesh";
import type { Stroke } from "./strokeMesh";

/** Cells that were read; a range along an axis is [start, stop, step]. */
export interface SourceRange {
  readonly tensor: string;
  readonly index: readonly Selector[];
}

export interface Highlight {
  /** Whose cell it is; the current model's when it does not say. */
  readonly model?: LoadedModel;
  readonly cell: CellRef;
  readonly sources: readonly SourceRange[];
  readonly pinned: boolean;
}

export interface Lit {
  readonly panels: Panel[];
  readonly curves: Stroke[];
  /** The blocks that take part. */
  readonly blocks: Set<Block>;
}

/** More curves than this would be a tangle. */
const MOST_CURVES = 32;
const MOST_PANELS = 512;

export function lit(
  { cell, sources, pinned }: Highlight,
  blocks: ReadonlyMap<string, Block>,
  lengths: Lengths,
  theme: Theme,
): Lit {
  const all: Lit = { panels: [], curves: [], blocks: new Set() };
  const block = blocks.get(cell.tensor);
  if (block === undefined) return all;
  all.blocks.add(block);
  const place = placeOf(block, cell.index);
  const z = block.z + place.slab * block.pitch;
  const accent = rgb(theme.highlight);
  const band = {
    fill: accent,
    fillAlpha: 0.16,
    border: accent,
    borderAlpha: 0.3,
    borderPx: 0.75,
    isMark: true,
  };
  all.panels.push(
    { ...band, at: [block.x, block.y + place.row, z], size: [block.columns.length, 1] },
    { ...band, at: [block.x + place.column, block.y, z], size: [1, block.rows.length] },
  );
  const end = [block.x + place.column + 0.5, block.y + place.row + 0.5, z] as const;

  const casings: Stroke[] = [];
  for (const source of sources) {
    const from = blocks.get(source.tensor);
    if (from === undefined) continue;
    all.blocks.add(from);
    const patches = patchesOf(from, source.index);
    const colour = rgb(theme.roles[from.role].ink);
    for (const patch of patches) {
      if (all.panels.length >= MOST_PANELS) break;
      all.panels.push({
        at: [
          from.x + patch.columns.from,
          from.y + patch.rows.from,
          from.z + patch.slab * from.pitch,
        ],
        size: [patch.columns.to - patch.columns.from, patch.rows.to - patch.rows.from],
        fill: accent,
        fillAlpha: 0.2,
        border: accent,
        borderAlpha: 0.95,
        borderPx: 1.5,
        leastPx: 4,
        steps: [patch.columns.step, patch.rows.step],
        isMark: true,
      });
    }
    const middle = patches[Math.floor((patches.length - 1) / 2)];
    if (middle !== undefined && all.curves.length < MOST_CURVES) {
      const main = curve(centreOf(from, middle), end, colour, pinned);
      // A light line under it, so that it can be seen on blocks of its own colour.
      casings.push({
        ...main,
        colour: rgb(theme.background),
        alpha: 0.8,
        widthPx: main.widthPx + 3,
        headPx: 0,
      });
      all.curves.push(main);
    }
  }
  all.curves.unshift(...casings);
  // Last, so that it lies on top of its row, its column and the sources.
  all.panels.push({
    at: [block.x + place.column, block.y + place.row, z],
    size: [1, 1],
    fill: accent,
    fillAlpha: isInRun(block, place, lengths) ? 0.12 : 0,
    border: accent,
    borderAlpha: 1,
    borderPx: pinned ? 3 : 2,
    leastPx: 7,
    isMark: true,
  });
  return all;
}

/** Which cells are to be seen: the one in question, and of each source the middle of what is foremost. */
export function wantedBy(
  { cell, sources }: Highlight,
  blocks: ReadonlyMap<string, Block>,
): Wanted[] {
  const foremost = new Map<Block, Wanted>();
  const want = (block: Block, place: Wanted["place"]): void => {
    const known = foremost.get(block);
    if (known === undefined || place.slab < known.place.slab) foremost.set(block, { block, place });
  };
  const own = blocks.get(cell.tensor);
  if (own !== undefined) want(own, placeOf(own, cell.index));
  for (const { tensor, index } of sources) {
    const block = blocks.get(tensor);
    if (block === undefined || block === own) continue;
    for (const { slab, rows, columns } of patchesOf(block, index)) {
      const middle = ({ from, to }: Span): number => Math.floor((from + to - 1) / 2);
      want(block, { slab, row: middle(rows), column: middle(columns) });
    }
  }
  return [...foremost.values()];
}

/** Where slabs were taken away, the outline of what stood in front stays. */
export function outlinesOf(cuts: Cuts, theme: Theme): Panel[] {
  return [...cuts.keys()].map((block) => ({
    at: [block.x, block.y, block.z],
    size: [block.columns.length, block.rows.length],
    fill: rgb(theme.background),
    fillAlpha: 0,
    border: rgb(theme.roles[block.role].ink),
    borderAlpha: 0.5,
    borderPx: 1,
  }));
}

function centreOf(block: Block, { slab, rows, columns }: Patch): [number, number, number] {
  const middle = ({ from, to }: Span): number => (from + to) / 2;
  return [block.x + middle(columns), block.y + middle(rows), block.z + slab * block.pitch];
}

/** Curves stand out towards the viewer, the more the longer they are. */
function curve(
  from: readonly [number, number, number],
  to: readonly [number, number, number],
  colour: Stroke["colour"],
  pinned: boolean,
): Stroke {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
  const high = Math.min(0.22 * length, 60) + 0.6;
  return {
    from,
    to,
    bend: [0, -0.35 * high, -high],
    colour,
    alpha: pinned ? 0.95 : 0.85,
    widthPx: pinned ? 2 : 1.6,
    headPx: 9,
  };
}
