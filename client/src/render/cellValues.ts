/**
 * The numbers printed into cells that are large on the screen: for the cells in view and some around
 * them, so that they need not be written anew on every frame.
 */
import type { Block } from "../scene/blocks";
import { shortNumber } from "../scene/format";
import { MARK } from "../scene/pairs";
import { moved, type Parting } from "../scene/parting";
import type { Theme } from "../theme/palette";
import { rgb } from "./colour";
import type { GlyphMesh, Run } from "./glyphMesh";
import type { LabelLayer } from "./labelLayer";
import type { Insets } from "./labelPlacer";
import { isBehind } from "./occlusion";
import type { Projector } from "./projector";
import type { Standing } from "./standing";
import { plus } from "./vectors";

/** From about this size on the shader moves the figures of cells up, to make room. */
export const LEAST_PX = 56;
const MOST_CELLS = 900;
const PAUSE_MS = 120;
const MARGIN_CELLS = 4;
/** States of windows; those after them belong to copies in flight (see flyingValues.ts). */
export const MOST_WINDOWS = 24;
/** Room for the letters of those. */
export const FLYING_LETTERS = 1024;

interface Window {
  readonly standing: Standing;
  readonly block: Block;
  readonly slab: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** CSS pixels of a cell in the middle of it. */
  readonly cellPx: number;
}

/** What a chapter does to the cells of one model. */
export interface Printing {
  readonly of: Standing;
  isCellThere(block: Block, slab: number, row: number, column: number): boolean;
  parting(block: Block, slab: number): Parting | null;
}

export class CellValues {
  staged: Printing | null = null;
  /** Letters in use. */
  letters = 0;
  private written: Window[] = [];
  private sinceMs = Infinity;
  private isStale = true;
  private isMoved = false;

  constructor(
    private readonly glyphs: GlyphMesh,
    private readonly labels: LabelLayer,
  ) {}

  /** Values, labels or colours have changed; `soon`: not at once, for there will be more. */
  invalidate(soon = false): void {
    this.isStale = true;
    if (!soon) this.sinceMs = Infinity;
  }

  /** Print what is in view. True: it has to be called again soon. */
  update(
    standings: readonly Standing[],
    insets: Insets,
    theme: Theme,
    elapsedMs: number,
    isAtRest: boolean,
  ): boolean {
    this.sinceMs += elapsedMs;
    const windows = windowsOf(standings, insets);
    windows.forEach(({ cellPx }, i) => {
      this.labels.states.put(i, shown(cellPx), fontPx(cellPx), 0, cellPx * 0.27);
    });
    const covers = windows.every((window, i) => isInside(window, this.written[i]));
    const isSame = covers && windows.length === this.written.length;
    // At rest once more: other cells may be hidden now, or have labels on them.
    if (isSame && !this.isStale && !(isAtRest && this.isMoved && windows.length > 0)) {
      this.isMoved ||= !isAtRest;
      return false;
    }
    if (this.sinceMs < PAUSE_MS && !isAtRest) return true;
    this.sinceMs = 0;
    this.isStale = false;
    this.isMoved = !isAtRest;
    this.written = windows.map(widened);
    this.write(standings, theme);
    return false;
  }

  private write(standings: readonly Standing[], theme: Theme): void {
    const runs: Run[] = [];
    let letters = 0;
    this.written.forEach(({ standing, block, slab, left, top, right, bottom }, label) => {
      const staged = this.staged?.of === standing ? this.staged : null;
      const parting = staged?.parting(block, slab) ?? null;
      const { projector, offset, heap } = standing;
      const z = block.z + slab * block.pitch;
      const colour = rgb(theme.ink);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right && runs.length < MOST_CELLS; column++) {
          // What is not here cell by cell yet is an average, which no cell has written on it.
          const pair = heap!.at(block, slab, 0, row, column);
          const text = pair && valueText(pair);
          if (text === null || staged?.isCellThere(block, slab, row, column) === false) continue;
          const x = block.x + moved(column + 0.5, parting?.columns);
          const y = block.y + moved(row + 0.5, parting?.rows);
          if (isBehind(standings, standing, [x, y, z], 0.999)) continue;
          if (projector.project(x, y, z) && !this.labels.isFree(projector.x, projector.y, 20, 16)) {
            continue;
          }
          const anchor = plus([x, y, z], offset);
          runs.push({ text, anchor, align: [0.5, 0.5], colour, weight: 0.25, label });
          letters += text.length;
        }
      }
    });
    this.glyphs.reserve(letters + FLYING_LETTERS);
    let at = 0;
    for (const run of runs) at = this.glyphs.write(run, at);
    this.letters = at;
    this.glyphs.commit(at);
  }
}

/** How clearly numbers are seen in cells of that size, and how large they are written. */
export function shown(cellPx: number): number {
  return Math.min((cellPx - LEAST_PX) / 5 + 0.3, 1);
}

export function fontPx(cellPx: number): number {
  return Math.min(Math.max(cellPx * 0.2, 10.5), 19);
}

export function valueText([mean, spread]: readonly [number, number]): string | null {
  if (spread >= 0) return shortNumber(mean);
  if (spread === MARK.nan) return "NaN";
  if (spread === MARK.plusInfinity) return "+∞";
  return spread === MARK.minusInfinity ? "−∞" : null;
}

function windowsOf(standings: readonly Standing[], insets: Insets): Window[] {
  const windows: Window[] = [];
  for (const standing of standings) {
    const { heap, projector, figure } = standing;
    if (heap?.isReady !== true) continue;
    for (const { bounds, blocks } of figure.groups) {
      if (projector.largestCellIn(bounds) < LEAST_PX) continue;
      for (const block of blocks) {
        if (projector.cellOf(block) < LEAST_PX) continue;
        for (let slab = 0; slab < block.depth.length; slab++) {
          const window = windowOf(standing, block, slab, insets, LEAST_PX);
          if (window === null) continue;
          windows.push(window);
          if (windows.length === MOST_WINDOWS) return windows;
        }
      }
    }
  }
  return windows;
}

/** The cells of a slab that are in view; null where none is, or they are smaller than `leastPx`. */
function windowOf(
  standing: Standing,
  block: Block,
  slab: number,
  insets: Insets,
  leastPx: number,
): Window | null {
  const { projector } = standing;
  const right = projector.width - insets.right;
  const bottom = projector.height - insets.bottom;
  const z = block.z + slab * block.pitch;
  // Cells in a plane further away than this are too small.
  if (z - projector.eye[2] > projector.focal / leastPx || z <= projector.eye[2]) return null;
  const corners = [
    onPlane(projector, insets.left, insets.top, z),
    onPlane(projector, right, insets.top, z),
    onPlane(projector, insets.left, bottom, z),
    onPlane(projector, right, bottom, z),
  ];
  const xs = corners.map(([x]) => x - block.x);
  const ys = corners.map(([, y]) => y - block.y);
  const window = {
    left: Math.max(0, Math.floor(Math.min(...xs))),
    top: Math.max(0, Math.floor(Math.min(...ys))),
    right: Math.min(block.columns.length, Math.ceil(Math.max(...xs))),
    bottom: Math.min(block.rows.length, Math.ceil(Math.max(...ys))),
  };
  if (window.left >= window.right || window.top >= window.bottom) return null;
  const x = block.x + (window.left + window.right) / 2;
  const y = block.y + (window.top + window.bottom) / 2;
  if (!projector.project(x, y, z)) return null;
  const cellPx = projector.focal / projector.w;
  return cellPx < leastPx ? null : { standing, block, slab, ...window, cellPx };
}

/** Where the ray through a point of the canvas meets the plane at depth z; far away when it does not. */
function onPlane(projector: Projector, x: number, y: number, z: number): [number, number] {
  const { origin, direction } = projector.rayThrough(x, y);
  const t = Math.abs(direction[2]) < 1e-9 ? 1e9 : (z - origin[2]) / direction[2];
  const along = t > 0 ? Math.min(t, 1e6) : 1e6;
  return [origin[0] + along * direction[0], origin[1] + along * direction[1]];
}

function widened(window: Window): Window {
  const { block } = window;
  return {
    ...window,
    left: Math.max(0, window.left - MARGIN_CELLS),
    top: Math.max(0, window.top - MARGIN_CELLS),
    right: Math.min(block.columns.length, window.right + MARGIN_CELLS),
    bottom: Math.min(block.rows.length, window.bottom + MARGIN_CELLS),
  };
}

function isInside(a: Window, b: Window | undefined): boolean {
  return (
    b !== undefined &&
    a.block === b.block &&
    a.slab === b.slab &&
    a.left >= b.left &&
    a.top >= b.top &&
    a.right <= b.right &&
    a.bottom <= b.bottom
  );
}
