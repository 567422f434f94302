import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import { LoadedModel } from "../bundle/model";
import { figureOf } from "../scene/figure";
import { HEADS, KINDS } from "../scene/testing";
import { Detail } from "./detail";
import { Nearby } from "./nearby";
import { Standing } from "./standing";

/** The test model with so many heads, seen from `distance` cells before its first layer. */
function seen(heads: number, distance: number, standing = made(heads)): Standing {
  const camera = new PerspectiveCamera(18, 1.5, 1, 1e7);
  camera.position.set(0, 0, distance);
  camera.updateMatrixWorld(true);
  standing.projector.update(camera, 1200, 800);
  return standing;
}

function made(heads: number): Standing {
  const axes = HEADS.axes.map((axis) => (axis.name === "h" ? { ...axis, size: heads } : axis));
  return standingOf({ ...HEADS, axes });
}

function standingOf(spec: typeof HEADS): Standing {
  const work = figureOf(new LoadedModel(spec, KINDS));
  for (;;) {
    const { done, value } = work.next();
    if (done) return new Standing(value, KINDS);
  }
}

describe("Detail", () => {
  const q = (standing: Standing) => standing.block("blocks.0.q")!;

  it("draws the slabs of a model with few of them one by one, however far away", () => {
    const detail = new Detail();
    const standing = seen(3, 100_000);
    expect(detail.update([standing], 1000, true)).toBe(false);
    expect(detail.isSplit(standing, q(standing))).toBe(true);
  });

  it("draws a block of many slabs as one body from afar, and its slabs near by", () => {
    const detail = new Detail();
    const standing = seen(2000, 1_000_000);
    detail.update([standing], 1000, true);
    expect(detail.isSplit(standing, q(standing))).toBe(false);
    seen(2000, 400, standing);
    expect(detail.update([standing], 1000, true)).toBe(true);
    expect(detail.isSplit(standing, q(standing))).toBe(true);
    expect(detail.update([standing], 1000, true)).toBe(false);
  });

  it("waits between two decisions while the camera moves", () => {
    const detail = new Detail();
    const standing = seen(2000, 1_000_000);
    detail.update([standing], 1000, true);
    seen(2000, 400, standing);
    expect(detail.update([standing], 10, false)).toBe(false);
    // Neither after many frames in a short time nor after a long time in few frames.
    for (let i = 0; i < 8; i++) expect(detail.update([standing], 1, false)).toBe(false);
    expect(detail.update([standing], 1000, false)).toBe(true);
    seen(2000, 1_000_000, standing);
    expect(detail.update([standing], 1000, false)).toBe(false);
  });
});

describe("Nearby", () => {
  it("names the layers that are large enough on the screen, and lets them go again", () => {
    const nearby = new Nearby();
    const standing = seen(3, 100_000);
    nearby.update([standing], 1000, true);
    expect(nearby.groupsOf(standing)).toEqual([]);
    // Its layers are strips, which are named nearer by than others.
    seen(3, 150, standing);
    nearby.update([standing], 1000, true);
    expect(nearby.groupsOf(standing).map(({ key }) => key)).not.toContain("blocks.0");
    seen(3, 50, standing);
    expect(nearby.update([standing], 1000, true)).toBe(true);
    expect(nearby.groupsOf(standing).map(({ key }) => key)).toContain("blocks.0");
    expect(nearby.update([standing], 1000, true)).toBe(false);
    seen(3, 100_000, standing);
    expect(nearby.update([standing], 1000, true)).toBe(true);
    expect(nearby.groupsOf(standing)).toEqual([]);
  });

  it("names the layer that one looks at, however many as large stand beside the view", () => {
    const nearby = new Nearby();
    const layers = Array.from({ length: 30 }, (_, layer) => layer);
    const sizes: Record<string, number> = { t: 2000, a: 90 };
    const spec = {
      ...HEADS,
      axes: HEADS.axes.map((axis) => ({ ...axis, size: sizes[axis.name] ?? axis.size })),
      tensors: HEADS.tensors.map((each) => (each.layers ? { ...each, layers } : each)),
      scene: {
        ...HEADS.scene,
        offsets: { blocks: layers.map((i) => ({ x: 0, y: i * 100, z: 0 })) },
      },
    };
    const standing = standingOf(spec);
    const camera = new PerspectiveCamera(18, 1.5, 1, 1e7);
    camera.position.set(1000, -15 * 100 - 45, 300);
    camera.updateMatrixWorld(true);
    standing.projector.update(camera, 1200, 800);
    nearby.update([standing], 1000, true);
    const keys = nearby.groupsOf(standing).map(({ key }) => key);
    expect(keys).toContain("blocks.15");
    expect(keys).not.toContain("blocks.5");
  });
});
