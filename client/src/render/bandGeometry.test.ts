import { describe, expect, it } from "vitest";
import { outlineOf } from "./bandGeometry";

type Points = [number, number, number][];

/** Area of the triangles, each counted once; twisted or doubled ones would change it. */
function areaOf({ positions, triangles }: ReturnType<typeof outlineOf>): number {
  let area = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const [ax, ay, bx, by, cx, cy] = [0, 1, 2].flatMap((k) => {
      const corner = triangles[i + k]! * 3;
      return [positions[corner]!, positions[corner + 1]!];
    }) as [number, number, number, number, number, number];
    area += Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
  }
  return area;
}

describe("outlineOf", () => {
  it("is a band with a head that ends at the last point", () => {
    const points: Points = [
      [0, 0, 2],
      [0, 100, 2],
    ];
    const ribbon = outlineOf({ points, width: 4 });
    const head = 4.4;
    expect(areaOf(ribbon)).toBeCloseTo((100 - head) * 4 + (4 * 1.9 * head) / 2, 3);
    const ys = ribbon.positions.filter((_, i) => i % 3 === 1);
    expect([Math.min(...ys), Math.max(...ys)]).toEqual([0, 100]);
    expect(new Set(ribbon.positions.filter((_, i) => i % 3 === 2))).toEqual(new Set([2]));
  });

  it("rounds corners inside the band's own outline", () => {
    const points: Points = [
      [0, 0, 0],
      [50, 0, 0],
      [50, 80, 0],
    ];
    const { positions } = outlineOf({ points, width: 2 });
    const corner = positions.some(
      (x, i) => i % 3 === 0 && Math.hypot(x - 51, positions[i + 1]! + 1) < 0.5,
    );
    expect(corner).toBe(false);
    expect(positions.every(Number.isFinite)).toBe(true);
  });

  it("does not fold at a corner one width from its beginning, nor at one two widths from its tip", () => {
    const points: Points = [
      [0, 0, 0],
      [0, 10, 0],
      [60, 10, 0],
      [60, -10, 0],
    ];
    const { positions, triangles } = outlineOf({ points, width: 10 });
    const turns = new Set<number>();
    for (let i = 0; i < triangles.length; i += 3) {
      const [ax, ay, bx, by, cx, cy] = [0, 1, 2].flatMap((k) => {
        const corner = triangles[i + k]! * 3;
        return [positions[corner]!, positions[corner + 1]!];
      }) as [number, number, number, number, number, number];
      turns.add(Math.sign((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)));
    }
    expect([...turns]).toEqual([1]);
  });

  it("makes nothing of a band without length, and takes short ones", () => {
    expect(outlineOf({ points: [[1, 1, 0]], width: 2 }).triangles).toEqual([]);
    const same: Points = [
      [1, 1, 0],
      [1, 1, 0],
    ];
    expect(outlineOf({ points: same, width: 2 }).triangles).toEqual([]);
    const short: Points = [
      [0, 0, 0],
      [0.5, 0, 0],
    ];
    expect(outlineOf({ points: short, width: 8 }).positions.every(Number.isFinite)).toBe(true);
  });
});
