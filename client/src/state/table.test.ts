import { describe, expect, it } from "vitest";
import { sample } from "./sample";
import { sliceOf, windowOf } from "./table";

describe("a slice", () => {
  it("has the rows and columns of the block", () => {
    const slice = sliceOf(
      sample,
      sample.tensor("embed"),
      { tensor: "embed", index: [1, 2] },
      { tokens: 2 },
    );
    expect(slice).toMatchObject({ rows: 3, columns: 2, row: 2, column: 1, fixed: [] });
    expect([slice.rowAxis?.name, slice.columnAxis?.name]).toEqual(["c", "t"]);
    expect(slice.indexAt(0, 1)).toEqual([1, 0]);
  });

  it("fixes the axes that are neither, and can move along them", () => {
    const slice = sliceOf(sample, sample.tensor("blocks.0.x"), null, { tokens: 4 });
    expect(slice).toMatchObject({ rows: 1, columns: 4, rowAxis: null });
    expect(slice.fixed[0]).toMatchObject({ position: 0, length: 2 });
    expect(slice.fixed[0]!.moved(1)).toEqual({ tensor: "blocks.0.x", index: [0, 1] });
  });

  it("of another tensor keeps the positions that both have", () => {
    const slice = sliceOf(
      sample,
      sample.tensor("embed"),
      { tensor: "tokens", index: [1] },
      { tokens: 2 },
    );
    expect([slice.row, slice.column]).toEqual([0, 1]);
  });
});

describe("a page of positions", () => {
  it("is the one that holds the selected position", () => {
    expect(windowOf(100, 0, 16)).toEqual({ from: 0, to: 16, size: 16 });
    expect(windowOf(100, 17, 16)).toMatchObject({ from: 16, to: 32 });
    expect(windowOf(100, 99, 16)).toMatchObject({ from: 96, to: 100 });
    expect(windowOf(3, 40, 16)).toMatchObject({ from: 0, to: 3 });
  });
});
