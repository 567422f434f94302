import { describe, expect, it } from "vitest";
import type { TileSource } from "../bundle/tiles";
import { blockNamed } from "../scene/testing";
import { light } from "../theme/palette";
import { chartRoom, predictionChart, predictionsOf } from "./predictionChart";

const block = blockNamed("probs");

/** `probs` with positions as columns; the distribution after position t. */
function source(distributions: number[][]): TileSource {
  const columns = distributions.length;
  const rows = distributions[0]?.length ?? 0;
  const data = new Float32Array(columns * rows * 2);
  distributions.forEach((each, column) =>
    each.forEach((value, row) => (data[(row * columns + column) * 2] = value)),
  );
  return { extent: () => ({ columns, rows, slabs: 1 }), tile: () => ({ columns, rows, data }) };
}

describe("predictionsOf", () => {
  it("orders the distribution at a place", async () => {
    const tiles = source([
      [1, 0, 0, 0, 0],
      [0.1, 0.5, 0, 0.15, 0.25],
    ]);
    const found = await predictionsOf(tiles, block, 1);
    expect(found.map(({ token }) => token)).toEqual([1, 4, 3, 0, 2]);
    expect(found[0]!.probability).toBeCloseTo(0.5);
    expect((await predictionsOf(tiles, block, 0))[0]).toEqual({ token: 0, probability: 1 });
    expect(await predictionsOf(tiles, block, null)).toEqual([]);
  });
});

describe("predictionChart", () => {
  it("draws bars as long as the probabilities, within its room", () => {
    const predictions = [
      { token: 1, probability: 0.75 },
      { token: 0, probability: 0.25 },
    ];
    const { panels, labels } = predictionChart(block, 1, predictions, (t) => "AB"[t]!, light);
    const [whole, first, , second] = panels;
    expect(first!.size[0] / whole!.size[0]).toBeCloseTo(0.75);
    expect(second!.size[0] / whole!.size[0]).toBeCloseTo(0.25);
    expect(labels.map(({ text }) => text)).toEqual(["B", "75.0%", "A", "25.0%"]);
    // What is legible of a line is all of it: a token without its probability says nothing.
    const leastCellPx = labels.map(({ size }) => "cells" in size && size.leastPx / size.cells);
    expect(new Set(leastCellPx).size).toBe(1);
    const { max } = chartRoom(block, 2);
    for (const { at, size } of panels) {
      expect(at[0] + size[0]).toBeLessThanOrEqual(max[0]);
      expect(at[1] + size[1]).toBeLessThanOrEqual(max[1]);
    }
  });

  it("draws no bar for what is no number", () => {
    const { panels, labels } = predictionChart(
      block,
      1,
      [{ token: 0, probability: NaN }],
      () => "A",
      light,
    );
    expect(panels).toHaveLength(1);
    expect(labels[1]!.text).toBe("NaN");
  });
});
