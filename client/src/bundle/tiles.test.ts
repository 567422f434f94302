import { expect, test } from "vitest";
import { LoadedModel } from "./model";
import { TINY, tinyValues, tinyWeights } from "./testing";
import { MemoryTiles, TILE_SIDE } from "./tiles";
import { Values } from "./values";

const tiles = new MemoryTiles(tinyValues);
const first = { slab: 0, level: 0, row: 0, column: 0 };

/** Tiles of W_E when it has `rows` x `columns` values. */
function tilesOf(rows: number, columns: number, data: Float32Array): MemoryTiles {
  const axes = TINY.axes.map((axis) => {
    if (axis.name === "v") return { ...axis, size: rows };
    return axis.name === "c" ? { ...axis, size: columns } : axis;
  });
  const boxes = [{ tensor: "W_E", x: 0, y: 0, z: 0, columns: "c", rows: "v" }];
  const tensors = TINY.tensors.filter((tensor) => tensor.name === "W_E");
  const model = new LoadedModel({ ...TINY, axes, tensors, scene: { ...TINY.scene, boxes } });
  const values = Values.empty(model).withWeights(
    new Map([["W_E", { data, shape: [rows, columns] }]]),
    "w",
  );
  return new MemoryTiles(values);
}

test("a tile is laid out as the box is: columns right, rows down", () => {
  const { columns, rows, data } = tiles.tile({ ...first, tensor: "blocks.1.W" });
  expect([columns, rows]).toEqual([2, 2]);
  // W[c, d] is 0 1 / 2 0; its box has c to the right, so it stands transposed.
  expect([...data]).toEqual([0, 0, 2, 2, 1, 1, 0, 0]);
});

test("an axis in depth gives slabs, and a missing axis one row", () => {
  expect(tiles.extent("W_E")).toEqual({ columns: 2, rows: 1, slabs: 3 });
  expect([...tiles.tile({ ...first, tensor: "W_E", slab: 2 }).data]).toEqual([5, 5, 6, 6]);
  expect(tiles.tile({ ...first, tensor: "W_E", slab: 3 }).columns).toBe(0);
});

test("a tensor can stand elsewhere in some layers", () => {
  const place = { tensor: "blocks.*.W", x: 0, y: 0, z: 0 };
  const boxes = [
    { ...place, columns: "c", rows: "d", layers: [0] },
    { ...place, columns: "d", rows: "c", layers: [1] },
  ];
  const model = new LoadedModel({ ...TINY, scene: { ...TINY.scene, boxes } });
  const source = new MemoryTiles(Values.empty(model).withWeights(tinyWeights, "w"));
  const means = (tensor: string): number[] =>
    [...source.tile({ ...first, tensor }).data].filter((_, i) => i % 2 === 0);
  expect(means("blocks.0.W")).toEqual([1, 0, 0, -1]);
  expect(means("blocks.1.W")).toEqual([0, 1, 2, 0]);
});

test("an axis is as long as its input in the run", () => {
  expect(tiles.extent("embed")).toEqual({ columns: 2, rows: 2, slabs: 1 });
  expect(tiles.extent("tokens")).toEqual({ columns: 2, rows: 1, slabs: 1 });
});

test("a tensor without a box or without values has no cells", () => {
  expect(tiles.extent("logits")).toEqual({ columns: 0, rows: 0, slabs: 0 });
  const structure = new MemoryTiles(Values.empty(tinyValues.model));
  expect(structure.tile({ ...first, tensor: "W_E" }).data.length).toBe(0);
});

test("levels keep mean and root mean square, also at an odd edge", () => {
  const source = tilesOf(3, 3, new Float32Array([1, -1, 4, 1, -1, 2, 7, 9, 6]));
  const half = source.tile({ ...first, tensor: "W_E", level: 1 });
  expect([half.columns, half.rows]).toEqual([2, 2]);
  const expected = [0, 1, 3, Math.sqrt(10), 8, Math.sqrt(65), 6, 6];
  half.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  const one = source.tile({ ...first, tensor: "W_E", level: 2 });
  expect([one.columns, one.rows]).toEqual([1, 1]);
  expect(one.data[0]).toBeCloseTo(28 / 9, 6);
  expect(one.data[1]).toBeCloseTo(Math.sqrt(190 / 9), 5);
});

test("levels average the finite cells, and show the others only where nothing else is", () => {
  const [nan, inf] = [NaN, Infinity];
  const source = tilesOf(
    2,
    6,
    new Float32Array([-inf, 3, -inf, -inf, inf, nan, -inf, 5, -inf, -inf, 0, 0]),
  );
  expect([...source.tile({ ...first, tensor: "W_E", level: 1 }).data.slice(0, 4)]).toEqual([
    4,
    Math.fround(Math.sqrt(17)),
    -inf,
    inf,
  ]);
  const all = source.tile({ ...first, tensor: "W_E", level: 3 });
  expect(all.data[0]).toBe(2);
  const broken = tilesOf(1, 4, new Float32Array([-inf, inf, nan, inf]));
  const tile = broken.tile({ ...first, tensor: "W_E", level: 1 });
  expect([tile.data[0], tile.data[2]]).toEqual([inf, nan]);
});

test("a tensor larger than a tile is cut into tiles", () => {
  const side = TILE_SIDE + 3;
  const source = tilesOf(
    2,
    side,
    Float32Array.from({ length: 2 * side }, (_, i) => i),
  );
  expect(source.tile({ ...first, tensor: "W_E" }).columns).toBe(TILE_SIDE);
  const rest = source.tile({ ...first, tensor: "W_E", column: 1 });
  expect([rest.columns, rest.rows]).toEqual([3, 2]);
  expect([rest.data[0], rest.data[2 * 3]]).toEqual([TILE_SIDE, side + TILE_SIDE]);
  expect(source.tile({ ...first, tensor: "W_E", column: 2 }).columns).toBe(0);
  expect(source.tile({ ...first, tensor: "W_E", level: 1 }).columns).toBe(34);
});

test("a slab that was prepared in pieces hands out what its cells say, level by level", () => {
  const [rows, columns] = [300, 700];
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    i % 97 === 0 ? NaN : Math.sin(i) * 3,
  );
  const [plain, prepared] = [tilesOf(rows, columns, data), tilesOf(rows, columns, data)];
  const pieces = [...prepared.preparing({ tensor: "W_E", slab: 0, level: 2 })].length;
  expect(pieces).toBeGreaterThan(3);
  for (const level of [0, 1, 2, 3, 5, 9, 10]) {
    const request = { ...first, tensor: "W_E", level, column: level < 3 ? 1 : 0 };
    const [one, other] = [plain.tile(request), prepared.tile(request)];
    expect([one.columns, one.rows]).toEqual([other.columns, other.rows]);
    const isSame = (a: number, b: number): boolean =>
      Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) < 1e-5;
    expect([...one.data].findIndex((value, i) => !isSame(value, other.data[i]!))).toBe(-1);
  }
});
