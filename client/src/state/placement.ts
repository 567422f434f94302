/** Where the hover card stands: inside the window, and not on top of what it speaks of. */
interface Point {
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Between what is pointed at and the card, and between the card and the edge of the window. */
const GAP_PX = 16;
const MARGIN_PX = 8;

/** What the card keeps off: the cell, as far as it is known, and the pointer with its arrow. */
export function keptFree(pointer: Point, cell: Point, cellSize: number): Rect {
  const half = cellSize / 2;
  return {
    left: Math.min(pointer.x - 4, cell.x - half),
    top: Math.min(pointer.y - 4, cell.y - half),
    right: Math.max(pointer.x + 12, cell.x + half),
    bottom: Math.max(pointer.y + 16, cell.y + half),
  };
}

/**
 * The top left corner: right of `free` if it fits, else left of it, else below or above, with the
 * other coordinate moved as far as the window needs. All in pixels of the window. Where it can, it
 * keeps off the `panels`, which are so wide at each side.
 */
export function placeCard(
  free: Rect,
  card: Size,
  window: Size,
  panels: { readonly left: number; readonly right: number } = { left: 0, right: 0 },
): Point {
  const largest = {
    x: window.width - card.width - MARGIN_PX,
    y: window.height - card.height - MARGIN_PX,
  };
  const within = (at: number, most: number) => Math.max(MARGIN_PX, Math.min(at, most));
  const right = free.right + GAP_PX;
  const left = free.left - GAP_PX - card.width;
  const y = within((free.top + free.bottom) / 2 - card.height / 3, largest.y);
  const isRight = right <= largest.x - panels.right;
  if (!isRight && left >= MARGIN_PX + panels.left) return { x: left, y };
  if (right <= largest.x) return { x: right, y };
  if (left >= MARGIN_PX) return { x: left, y };
  const x = within((free.left + free.right) / 2 - card.width / 2, largest.x);
  const below = free.bottom + GAP_PX;
  const above = free.top - GAP_PX - card.height;
  if (below <= largest.y) return { x, y: below };
  return { x, y: within(above, largest.y) };
}
