import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import type { Bounds } from "../scene/blocks";
import type { CameraState } from "./camera";
import { basis, between, eased, extentOf, fitted } from "./fit";
import { Projector } from "./projector";

const PARTS: Bounds[] = [
  { min: [-110, -69, 0], max: [0, 200, 1] },
  { min: [0, 0, 0], max: [560, 464, 40] },
];
const SIZE = [1280, 800] as const;
const FIELD = 20;

/** A projector for a camera in this state, set up without any of our own geometry. */
function projectorFor({ target, azimuth, elevation, distance }: CameraState): Projector {
  const camera = new PerspectiveCamera(FIELD, SIZE[0] / SIZE[1], 1, 1e5);
  camera.position.set(
    target[0] + distance * Math.sin(azimuth) * Math.cos(elevation),
    -target[1] + distance * Math.sin(elevation),
    -target[2] + distance * Math.cos(azimuth) * Math.cos(elevation),
  );
  camera.lookAt(target[0], -target[1], -target[2]);
  camera.updateMatrixWorld();
  const projector = new Projector();
  projector.update(camera, ...SIZE);
  return projector;
}

describe("extentOf", () => {
  it("says how far a box reaches on the screen, to all four sides of what is looked at", () => {
    const state: CameraState = {
      target: [90, 40, 7],
      azimuth: -0.4,
      elevation: 0.3,
      distance: 900,
    };
    const projector = projectorFor(state);
    const { min, max } = PARTS[1]!;
    const [xs, ys]: [number[], number[]] = [[], []];
    for (const x of [min[0], max[0]]) {
      for (const y of [min[1], max[1]]) {
        for (const z of [min[2], max[2]]) {
          projector.project(x, y, z);
          xs.push((projector.x - SIZE[0] / 2) / projector.focal);
          ys.push((SIZE[1] / 2 - projector.y) / projector.focal);
        }
      }
    }
    const { left, right, top, bottom } = extentOf(PARTS[1]!, state);
    expect(left).toBeCloseTo(Math.min(...xs), 6);
    expect(right).toBeCloseTo(Math.max(...xs), 6);
    expect(top).toBeCloseTo(Math.max(...ys), 6);
    expect(bottom).toBeCloseTo(Math.min(...ys), 6);
  });
});

describe("fitted", () => {
  it.each([
    [0, 0],
    [-0.4, 0.2],
    [1.2, -0.7],
  ])("shows everything, as large as it goes, from (%d, %d)", (azimuth, elevation) => {
    const slope = Math.tan((FIELD * Math.PI) / 360);
    const state = fitted(PARTS, azimuth, elevation, [(slope * SIZE[0]) / SIZE[1], slope]);
    const projector = projectorFor(state);
    const xs: number[] = [];
    const ys: number[] = [];
    for (const { min, max } of PARTS) {
      for (const x of [min[0], max[0]]) {
        for (const y of [min[1], max[1]]) {
          for (const z of [min[2], max[2]]) {
            expect(projector.project(x, y, z)).toBe(true);
            xs.push(projector.x);
            ys.push(projector.y);
          }
        }
      }
    }
    const [left, right] = [Math.min(...xs), SIZE[0] - Math.max(...xs)];
    const [top, bottom] = [Math.min(...ys), SIZE[1] - Math.max(...ys)];
    for (const margin of [left, right, top, bottom]) expect(margin).toBeGreaterThan(-0.01);
    // Centred both ways, and touching the border in one.
    expect(left).toBeCloseTo(right, 1);
    expect(top).toBeCloseTo(bottom, 1);
    expect(Math.min(left, top)).toBeCloseTo(0, 1);
  });

  it("agrees with three.js about right, up and back", () => {
    const { right, up, back } = basis(0.5, 0.3);
    const projector = projectorFor({
      target: [0, 0, 0],
      azimuth: 0.5,
      elevation: 0.3,
      distance: 100,
    });
    const [cx, cy] = [SIZE[0] / 2, SIZE[1] / 2];
    projector.project(...right);
    expect(projector.x).toBeGreaterThan(cx);
    expect(projector.y).toBeCloseTo(cy);
    projector.project(...up);
    expect(projector.x).toBeCloseTo(cx);
    expect(projector.y).toBeLessThan(cy);
    projector.project(...back);
    expect(projector.w).toBeCloseTo(99);
  });
});

describe("Projector", () => {
  it("casts rays through where points are seen", () => {
    const projector = projectorFor({
      target: [10, 20, 5],
      azimuth: -0.4,
      elevation: 0.2,
      distance: 300,
    });
    projector.project(40, 60, 12);
    const { origin, direction } = projector.rayThrough(projector.x, projector.y);
    const along = (12 - origin[2]) / direction[2];
    expect(origin[0] + along * direction[0]).toBeCloseTo(40, 3);
    expect(origin[1] + along * direction[1]).toBeCloseTo(60, 3);
  });

  it("knows the size of the nearest cell", () => {
    const projector = projectorFor({ target: [0, 0, 0], azimuth: 0, elevation: 0, distance: 100 });
    const size = projector.largestCell(-5, -5, 0, 10, 10, 1);
    projector.project(0, 0, 0);
    const x = projector.x;
    projector.project(1, 0, 0);
    expect(size).toBeCloseTo(projector.x - x, 3);
    expect(projector.largestCell(0, 0, -200, 1, 1, 1)).toBe(0);
  });
});

describe("between", () => {
  const a: CameraState = { target: [0, 0, 0], azimuth: 0, elevation: 0, distance: 1000 };
  const b: CameraState = { target: [100, 0, 0], azimuth: 1, elevation: 0.5, distance: 10 };

  it("starts and ends where it should", () => {
    expect(between(a, b, 0)).toEqual(a);
    const end = between(a, b, 1);
    expect(end.distance).toBeCloseTo(10);
    expect(end.target[0]).toBeCloseTo(100);
    expect([end.azimuth, end.elevation]).toEqual([1, 0.5]);
  });

  it("zooms evenly, and keeps the goal in view on the way", () => {
    expect(between(a, b, 0.5).distance).toBeCloseTo(100);
    for (let share = 0; share <= 1; share += 0.1) {
      const { target, distance } = between(a, b, share);
      expect((100 - target[0]) / distance).toBeLessThanOrEqual(0.1 + 1e-9);
    }
  });

  it("eases from 0 to 1", () => {
    expect([eased(-1), eased(0), eased(0.5), eased(1), eased(2)]).toEqual([0, 0, 0.5, 1, 1]);
  });
});
