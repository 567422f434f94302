/** Slabs whose cells have moved apart: some columns or rows stay, those before and after them step aside. */

/** Cells from `from` to before `to` stay; a gap of `gap` cells opens on both sides of them. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly gap: number;
}

export interface Parting {
  readonly columns: Gap | null;
  readonly rows: Gap | null;
}

/** Where a point of the side, `at` cells from its beginning, is drawn. */
export function moved(at: number, gap: Gap | null | undefined): number {
  if (!gap) return at;
  if (at < gap.from) return at - gap.gap;
  return at >= gap.to ? at + gap.gap : at;
}

/** The inverse of `moved`: which point is drawn at `at`; null in a gap. */
export function standing(at: number, gap: Gap | null | undefined): number | null {
  if (!gap) return at;
  if (at < gap.from - gap.gap) return at + gap.gap;
  if (at < gap.from) return null;
  if (at <= gap.to) return at;
  return at < gap.to + gap.gap ? null : at - gap.gap;
}
