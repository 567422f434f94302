import { describe, expect, it } from "vitest";
import { rowOf } from "./row";

const box = (left: number, top: number, width: number) => ({
  min: [left, top, 0] as const,
  max: [left + width, top + 50, 5] as const,
});

describe("rowOf", () => {
  it("leaves the first where it is, and puts each further one to the right of those before it", () => {
    const models = [box(-10, -20, 100), box(-500, 7, 10_000), box(0, 0, 40)];
    const offsets = rowOf(models);
    expect(offsets[0]).toEqual([0, 0, 0]);
    const left = (i: number): number => models[i]!.min[0] + offsets[i]![0];
    const right = (i: number): number => models[i]!.max[0] + offsets[i]![0];
    expect(left(1)).toBeGreaterThan(right(0));
    expect(left(2)).toBeGreaterThan(right(1));
  });

  it("aligns them at the top, by whole cells", () => {
    const models = [box(0, -20.5, 100), box(0.25, 7, 30)];
    const [, [x, y]] = rowOf(models) as [unknown, [number, number, number]];
    expect(Math.abs(models[1]!.min[1] + y - models[0]!.min[1])).toBeLessThanOrEqual(0.5);
    expect(Number.isInteger(x) && Number.isInteger(y)).toBe(true);
  });

  it("keeps models apart in proportion to the wider one", () => {
    const near = rowOf([box(0, 0, 100), box(0, 0, 100)])[1]![0] - 100;
    const far = rowOf([box(0, 0, 100), box(0, 0, 100_000)])[1]![0] - 100;
    expect(far).toBeGreaterThan(10 * near);
  });
});
