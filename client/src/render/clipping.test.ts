import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import { nearestDepth } from "./clipping";

function before(z: number): PerspectiveCamera {
  const camera = new PerspectiveCamera(18, 1.5, 1, 1e7);
  camera.position.set(0, 0, z);
  camera.updateMatrixWorld(true);
  return camera;
}

describe("nearestDepth", () => {
  const wide = [{ min: [-1e6, -1e6, 0] as const, max: [1e6, 1e6, 3000] as const }];

  it("grows with the distance of what is seen, so that depths stay apart", () => {
    for (const distance of [30, 3000, 300_000]) {
      const near = nearestDepth(before(distance), wide);
      expect(near).toBeLessThanOrEqual(distance);
      expect(near).toBeGreaterThan(distance * 0.4);
    }
  });

  it("is small within a model, and stays as it is when nothing is in view", () => {
    expect(nearestDepth(before(-100), wide)).toBe(0.5);
    const camera = before(-9000);
    camera.near = 7;
    expect(nearestDepth(camera, [{ min: [0, 0, 0], max: [1, 1, 1] }])).toBe(7);
  });
});
