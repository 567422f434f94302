import { describe, expect, it } from "vitest";
import { Segments } from "./segments";

describe("Segments", () => {
  it("gives ranges one after another, after those that are kept", () => {
    const segments = new Segments(3);
    expect([segments.take(4), segments.take(0), segments.take(2), segments.end]).toEqual([
      3, 7, 7, 9,
    ]);
  });

  it("gives again what came back, joined with what is free beside it", () => {
    const segments = new Segments();
    const [a, b, c] = [segments.take(4), segments.take(4), segments.take(4)];
    segments.give(a, 4);
    expect(segments.take(5)).toBe(12);
    segments.give(b, 4);
    expect(segments.take(8)).toBe(0);
    segments.give(0, 8);
    segments.give(12, 5);
    expect(segments.end).toBe(12);
    segments.give(c, 4);
    expect([segments.end, segments.take(17), segments.end]).toEqual([0, 0, 17]);
  });

  it("never gives one place twice, whatever comes back when", () => {
    const segments = new Segments();
    const taken = new Map<number, number>();
    let seed = 7;
    const random = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
    for (let i = 0; i < 500; i++) {
      if (taken.size > 0 && random(5) < 2) {
        const [from, count] = [...taken][random(taken.size)]!;
        segments.give(from, count);
        taken.delete(from);
        continue;
      }
      const count = 1 + random(9);
      const from = segments.take(count);
      const overlaps = [...taken].filter(([at, size]) => from < at + size && at < from + count);
      expect([overlaps, from + count <= segments.end]).toEqual([[], true]);
      taken.set(from, count);
    }
    for (const [from, count] of taken) segments.give(from, count);
    expect(segments.end).toBe(0);
  });
});
