import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import { LayerNames } from "./layerNames";
import { Projector } from "./projector";

const COLUMNS = 10;
const ROWS = 5;
/** Cells from one column to the next, and from one row to the next. */
const PITCH = 100;

/** From the front, with so many CSS pixels for a cell, the head of the first column near the left top. */
function seen(pxOfCell: number, down = 0): Projector {
  const size = 1000;
  const camera = new PerspectiveCamera(20, 1, 1, 1e7);
  const distance = size / pxOfCell / 2 / Math.tan((20 * Math.PI) / 360);
  const middle = (size / 2 - 20) / pxOfCell;
  camera.position.set(middle, -middle - down, distance);
  camera.updateMatrixWorld();
  const projector = new Projector();
  projector.update(camera, size, size);
  return projector;
}

function names(free: number): LayerNames {
  const made = new LayerNames();
  for (let column = 0; column < COLUMNS; column++) {
    for (let row = 0; row < ROWS; row++) {
      const over = row === 0 || free === Infinity ? [] : [{ gap: 0, reach: free }];
      const place = { stack: "blocks.", column, row, over };
      made.add(place, [column * PITCH, row * PITCH, 0], 3.5);
    }
  }
  return made;
}

/** The columns that are named in a row. */
function named(of: LayerNames, row: number): number[] {
  const all = Array.from({ length: COLUMNS }, (_, column) => column);
  return all.filter((column) => of.shows({ stack: "blocks.", column, row, over: [] }));
}

describe("LayerNames", () => {
  it("names every layer where there is room, from the first row to the last", () => {
    const all = names(Infinity);
    all.update(seen(1));
    expect([named(all, 0), named(all, 4)].map((row) => row.length)).toEqual([COLUMNS, COLUMNS]);
    expect(all.px).toBeGreaterThan(11);
  });

  it("names the heads only where names of other rows would lie on blocks", () => {
    const all = names(20);
    all.update(seen(1));
    expect(named(all, 0)).toHaveLength(COLUMNS);
    expect(named(all, 1)).toEqual([]);
    // Near enough, a name fits into what is free; and where no head is in view, any name is better than none.
    all.update(seen(3));
    expect(named(all, 1)).toHaveLength(COLUMNS);
    all.update(seen(1));
    expect(named(all, 1)).toEqual([]);
    all.update(seen(1, 150));
    expect(named(all, 1)).toHaveLength(COLUMNS);
  });

  it("counts what is above a layer as in the way only where a name is high enough to reach it", () => {
    const all = new LayerNames();
    const over = [{ gap: 30, reach: 0 }];
    for (const column of [0, 1]) {
      for (const row of [0, 1]) {
        const place = { stack: "blocks.", column, row, over: row === 0 ? [] : over };
        all.add(place, [column * PITCH, row * PITCH, 0], 3.5);
      }
    }
    all.update(seen(1));
    expect(all.shows({ stack: "blocks.", column: 0, row: 1, over })).toBe(true);
    all.update(seen(0.6));
    expect(all.shows({ stack: "blocks.", column: 0, row: 1, over })).toBe(false);
  });

  it("thins out regularly from afar, with the first and the last", () => {
    const all = names(Infinity);
    all.update(seen(0.2));
    expect(named(all, 0)).toEqual([0, 3, 6, 9]);
    expect(named(all, 1)).toEqual([]);
    all.update(seen(0.3));
    expect(named(all, 0)).toEqual([0, 2, 4, 6, 9]);
  });

  it("names the first where there is no room for three, and none where a stack is hardly larger than a name", () => {
    const all = names(Infinity);
    all.update(seen(0.1));
    expect([named(all, 0), named(all, 1)]).toEqual([[0], []]);
    all.update(seen(0.05));
    expect(named(all, 0)).toEqual([]);
  });

  it("does not change its mind with every step of the camera", () => {
    const all = names(Infinity);
    const chosen = (px: number): string => {
      all.update(seen(px));
      return named(all, 0).join();
    };
    const there = Array.from({ length: 60 }, (_, i) => chosen(0.2 + i * 0.002));
    const changes = there.filter((each, i) => i > 0 && each !== there[i - 1]);
    expect(changes.length).toBeLessThanOrEqual(2);
    // To and fro about the place where it changed last: it stays.
    const at = 0.2 + there.lastIndexOf(changes.at(-1) ?? "") * 0.002;
    const swaying = Array.from({ length: 10 }, (_, i) => chosen(at + (i % 2) * 0.004));
    expect(new Set(swaying).size).toBe(1);
  });
});
