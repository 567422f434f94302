import { describe, expect, it } from "vitest";
import { keptFree, placeCard, type Rect } from "./placement";

const card = { width: 330, height: 240 };

describe.each([
  ["a desktop", { width: 1280, height: 800 }, 90],
  ["a phone", { width: 390, height: 844 }, 60],
])("the card on %s", (_, window, cellSize) => {
  const places: { free: Rect; at: { x: number; y: number } }[] = [];
  for (let x = 0; x < window.width; x += 13) {
    for (let y = 0; y < window.height; y += 13) {
      const free = keptFree({ x, y }, { x: x + 11, y: y - 9 }, cellSize);
      places.push({ free, at: placeCard(free, card, window) });
    }
  }

  it("never leaves the window", () => {
    const outside = places.filter(
      ({ at }) =>
        at.x < 8 ||
        at.y < 8 ||
        at.x + card.width > window.width - 8 ||
        at.y + card.height > window.height - 8,
    );
    expect(outside).toEqual([]);
  });

  it("never covers the cell or the pointer", () => {
    const covering = places.filter(
      ({ free, at }) =>
        free.right > at.x &&
        free.left < at.x + card.width &&
        free.bottom > at.y &&
        free.top < at.y + card.height,
    );
    expect(covering).toEqual([]);
  });
});

it("stands right of the cell where there is room", () => {
  const free = keptFree({ x: 400, y: 400 }, { x: 400, y: 400 }, 40);
  expect(free).toEqual({ left: 380, top: 380, right: 420, bottom: 420 });
  expect(placeCard(free, card, { width: 1280, height: 800 })).toEqual({ x: 436, y: 320 });
});

it("keeps off the panels where it can, and covers them rather than the cell", () => {
  const window = { width: 1280, height: 800 };
  const panels = { left: 248, right: 344 };
  const at = (x: number) =>
    placeCard(keptFree({ x, y: 400 }, { x, y: 400 }, 40), card, window, panels);
  expect(at(500).x).toBe(536);
  expect(at(700)).toEqual({ x: 334, y: 320 });
  expect(at(580).x).toBe(616);
});
