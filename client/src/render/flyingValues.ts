/**
 * The numbers printed on copies of cells in flight: written anew whenever these move, for they are few,
 * and after everything else that is written.
 */
import { MARK } from "../scene/pairs";
import type { Theme } from "../theme/palette";
import {
  type CellValues,
  fontPx,
  FLYING_LETTERS,
  LEAST_PX,
  MOST_WINDOWS,
  shown,
  valueText,
} from "./cellValues";
import { rgb } from "./colour";
import type { Flying } from "./copies";
import type { GlyphMesh } from "./glyphMesh";
import { LAST_PRINTED, type LabelStates } from "./labelStates";
import type { Standing } from "./standing";
import { plus } from "./vectors";

const MARGIN_PX = 40;

export class FlyingValues {
  private wasEmpty = true;

  constructor(
    private readonly glyphs: GlyphMesh,
    private readonly states: LabelStates,
    private readonly values: CellValues,
  ) {}

  update(of: Standing, copies: Iterable<Flying>, theme: Theme): void {
    const { projector, offset } = of;
    const colour = rgb(theme.ink);
    const first = this.values.letters;
    let at = first;
    let label = MOST_WINDOWS;
    for (const copy of copies) {
      if (label === LAST_PRINTED) break;
      const { plan, x, y, z } = copy;
      const columns = plan.numbers === null ? plan.columns : 1;
      const rows = plan.numbers === null ? plan.rows : plan.shown || plan.numbers.length;
      if (!projector.project(x + columns / 2, y + rows / 2, z)) continue;
      const cellPx = projector.focal / projector.w;
      if (cellPx < LEAST_PX) continue;
      this.states.put(label, shown(cellPx), fontPx(cellPx), 0, cellPx * 0.27);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const pair = pairOf(copy, of, row, column);
          const text = pair && valueText(pair);
          if (text === null || at + text.length > first + FLYING_LETTERS) continue;
          const middle = [x + column + 0.5, y + row + 0.5, z] as const;
          if (!projector.project(...middle) || !isInView(projector)) continue;
          const anchor = plus(middle, offset);
          at = this.glyphs.write(
            { text, anchor, align: [0.5, 0.5], colour, weight: 0.25, label },
            at,
          );
        }
      }
      label += 1;
    }
    if (at === first && this.wasEmpty) return;
    this.wasEmpty = at === first;
    this.glyphs.commit(at, first);
  }
}

function isInView({ x, y, width, height }: Standing["projector"]): boolean {
  return x > -MARGIN_PX && y > -MARGIN_PX && x < width + MARGIN_PX && y < height + MARGIN_PX;
}

/** The pair of one cell of a copy, as the shader of cells has it; null: it is not here cell by cell. */
function pairOf(
  { plan, block, filled, first }: Flying,
  { heap }: Standing,
  row: number,
  column: number,
): readonly [number, number] | null {
  const nothing = [0, MARK.empty] as const;
  if (plan.numbers !== null) {
    const number = plan.numbers[row + first];
    return row >= filled || number === undefined ? nothing : [number, Math.abs(number)];
  }
  const rank = column * plan.rows + row;
  if (heap === null || rank >= filled) return nothing;
  const isWide = plan.columns > plan.rows;
  return heap.at(
    block,
    plan.slab,
    0,
    isWide ? plan.row + row : first + row,
    isWide ? first + column : plan.column + column,
  );
}
