import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import { TILE_SIDE } from "../bundle/tiles";
import type { Block } from "../scene/blocks";
import { blocksOf } from "../scene/blocks";
import { groupsOf } from "../scene/groups";
import type { Shelf } from "../scene/levels";
import type { PagePlace } from "../scene/pages";
import { HEADS } from "../scene/testing";
import { pagesInView } from "./pageChoice";
import { Projector } from "./projector";

const [COLUMNS, ROWS, FINEST] = [50_000, 800, 3];
const first = blocksOf(HEADS)[0]!;
const block: Block = {
  ...first,
  id: 0,
  x: -20_000,
  y: 100,
  z: 0,
  columns: { axis: null, at: -1, length: COLUMNS },
  rows: { axis: null, at: -1, length: ROWS },
  depth: { axis: null, at: -1, length: 1 },
};
const shelf: Shelf = {
  columns: COLUMNS,
  rows: ROWS,
  slabs: 1,
  base: 0,
  stride: 0,
  finest: FINEST,
  levels: 17,
};

/** The pages for a camera before a cell of the block, so far away. */
function pagesAt(column: number, row: number, distance: number, most = 100_000): PagePlace[] {
  const camera = new PerspectiveCamera(35, 1280 / 800, 0.1, 1e6);
  camera.position.set(block.x + column, -(block.y + row), distance);
  camera.updateMatrixWorld();
  camera.updateProjectionMatrix();
  const projector = new Projector();
  projector.update(camera, 1280, 800);
  const groups = groupsOf([block]);
  return pagesInView({ groups, shelves: [shelf], projector, ratio: 1, most });
}

/** Whether a page of single cells is among them that holds this cell. */
function holds(pages: readonly PagePlace[], column: number, row: number, level = 0): boolean {
  const side = TILE_SIDE * 2 ** level;
  return pages.some(
    (page) =>
      page.level === level &&
      page.column === Math.floor(column / side) &&
      page.row === Math.floor(row / side),
  );
}

describe("The pages in view", () => {
  it("are single cells near by, with what is coarser before what is finer", () => {
    const pages = pagesAt(49_990, 790, 60);
    expect(holds(pages, 49_999, 799)).toBe(true);
    expect(holds(pages, 49_970, 780)).toBe(true);
    expect(holds(pages, 40_000, 400)).toBe(false);
    expect(pages.length).toBeLessThan(40);
    const level = (wanted: number): number => pages.findIndex(({ level }) => level === wanted);
    expect(level(2)).toBeLessThan(level(1));
    expect(level(1)).toBeLessThan(level(0));
  });

  it("are averages of few cells from further away, and none from afar", () => {
    const middle = pagesAt(25_000, 400, 3_000);
    expect(middle.length).toBeGreaterThan(0);
    expect(middle.every(({ level }) => level > 0)).toBe(true);
    expect(holds(middle, 25_000, 400, 1)).toBe(true);
    expect(pagesAt(25_000, 400, 60_000)).toEqual([]);
  });

  it("are those within the tensor, each once", () => {
    const pages = pagesAt(0, 0, 700);
    const keys = pages.map(({ level, row, column }) => `${level} ${row} ${column}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { level, row, column } of pages) {
      const side = TILE_SIDE * 2 ** level;
      expect(row >= 0 && column >= 0 && row * side < ROWS && column * side < COLUMNS).toBe(true);
      expect(level).toBeLessThan(FINEST);
    }
  });

  it("are the largest on the screen where there is not room for all", () => {
    const all = pagesAt(25_000, 400, 500);
    expect(all.length).toBeGreaterThan(50);
    expect(pagesAt(25_000, 400, 500, 20)).toEqual(all.slice(0, 20));
  });
});
