import { describe, expect, it } from "vitest";
import { placedBounds, ribbonsOf } from "./ribbons";
import { sectionsOf } from "./sections";
import { HEADS } from "./testing";

describe("sectionsOf", () => {
  it("names each module of each layer, outer ones first, without the root", () => {
    expect(sectionsOf(HEADS).map(({ path, label, level }) => [path, label, level])).toEqual([
      ["blocks.0", "Block 0", 0],
      ["blocks.1", "Block 1", 0],
      ["blocks.0.attn", "Attention", 1],
      ["blocks.1.attn", "Attention", 1],
    ]);
  });

  it("moves frames with their layer, and can keep to some layers", () => {
    const sections = sectionsOf(HEADS);
    expect(sections[1]!.bounds).toEqual({ min: [-30, 100, 0], max: [6, 108, 21] });
    const frames = HEADS.scene.frames.map((frame) => ({ ...frame, layers: [1] }));
    const some = sectionsOf({ ...HEADS, scene: { ...HEADS.scene, frames: frames.slice(1) } });
    expect(some.map(({ path }) => path)).toEqual(["blocks.1", "blocks.1.attn"]);
  });
});

describe("placedBounds", () => {
  it("is as wide as the ribbon, at each of its places", () => {
    const places = [0, 100].map((y) => ({ source: "", target: "", offset: { x: 0, y, z: 3 } }));
    const points = [
      [0, 10, 0],
      [40, 10, 0],
      [40, -20, 0],
    ] as const;
    expect(placedBounds({ points, width: 6, role: "residual", places })).toEqual([
      { min: [-3, -23, 3], max: [43, 13, 3] },
      { min: [-3, 77, 3], max: [43, 113, 3] },
    ]);
  });
});

describe("ribbonsOf", () => {
  it("writes names out and says how far each is moved with its layer", () => {
    const [residual, input] = ribbonsOf(HEADS);
    expect(residual!.places).toEqual([
      { source: "blocks.0.q", target: "blocks.1.q", offset: { x: 0, y: 100, z: 0 } },
    ]);
    expect(residual!.points[0]).toEqual([3, -10, 0]);
    expect(input!.places).toEqual([
      { source: "tokens", target: "blocks.0.q", offset: { x: 0, y: 0, z: 0 } },
    ]);
  });
});
