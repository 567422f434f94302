import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import { blocksOf, unionOf } from "../scene/blocks";
import { groupsOf } from "../scene/groups";
import { isHidden } from "../scene/picking";
import { HEADS } from "../scene/testing";
import { Footprints } from "./footprints";
import { coversBlocks, isBehind } from "./occlusion";
import { Projector } from "./projector";
import type { Standing } from "./standing";

const groups = groupsOf(blocksOf(HEADS));
const all = groups.flatMap(({ blocks }) => blocks);
const { min, max } = unionOf(groups.map(({ bounds }) => bounds));
const middle = min.map((least, i) => (least + max[i]!) / 2) as [number, number, number];
const size = Math.hypot(...max.map((most, i) => most - min[i]!));

/** From a place relative to the middle, in sizes of the model, looking at the middle. */
function seenFrom([right, down, away]: readonly [number, number, number]): Standing {
  const camera = new PerspectiveCamera(40, 1, 0.1, 1e4);
  const [x, y, z] = middle;
  camera.position.set(x + right * size, -y - down * size, -z - away * size);
  camera.lookAt(x, -y, -z);
  camera.updateMatrixWorld();
  const projector = new Projector();
  const footprints = new Footprints(groups, projector);
  projector.update(camera, 600, 600);
  const figure = { groups };
  return {
    projector,
    footprints,
    figure,
    offset: [0, 0, 0],
    cuts: new Map(),
  } as unknown as Standing;
}

/** From the front, from aside, from among the blocks. */
const EYES = [
  [0, 0, -1.5],
  [-0.8, -0.4, -0.7],
  [1, 0.5, 0.1],
  [0.1, 0.05, -0.02],
] as const;

describe("Footprints", () => {
  it("hold every block that a ray through the rectangle meets", () => {
    let met = 0;
    for (const eye of EYES) {
      const { projector, footprints } = seenFrom(eye);
      for (let x = 5; x < 600; x += 15) {
        for (let y = 5; y < 600; y += 15) {
          const ray = projector.rayThrough(x, y);
          const found = all.filter((block) =>
            isHidden(
              groups.map((group) => ({ ...group, blocks: [block] })),
              ray,
              Infinity,
            ),
          );
          met += found.length;
          const within = footprints.blocksIn(x, y, x, y);
          for (const block of found) expect(within).toContain(block);
        }
      }
    }
    expect(met).toBeGreaterThan(100);
  });

  it("leave out what is elsewhere, and follow the camera", () => {
    const { projector, footprints } = seenFrom(EYES[0]);
    expect(footprints.blocksIn(0, 0, 20, 20)).toEqual([]);
    expect(footprints.groupsIn(0, 0, 600, 600).length).toBe(groups.length);
    const camera = new PerspectiveCamera(40, 1, 0.1, 1e4);
    camera.position.set(5000, 0, 100);
    camera.updateMatrixWorld();
    projector.update(camera, 600, 600);
    expect(footprints.groupsIn(0, 0, 600, 600)).toEqual([]);
  });
});

describe("what stands before what", () => {
  it("is the same as found by rays through all blocks", () => {
    const counts = { covered: 0, free: 0, behind: 0, before: 0 };
    for (const eye of EYES) {
      const standing = seenFrom(eye);
      const { projector } = standing;
      for (let left = 5; left < 560; left += 37) {
        for (let top = 5; top < 560; top += 37) {
          const covers = coversBlocks([standing], left, top, left + 30, top + 12, false);
          const expected = [left, left + 15, left + 30].some((x) =>
            isHidden(groups, projector.rayThrough(x, top + 6), Infinity),
          );
          expect(covers).toBe(expected);
          counts[covers ? "covered" : "free"] += 1;
        }
      }
      for (const { x, y, z, columns, rows } of all) {
        const at = [x + columns.length / 2, y + rows.length / 2, z - 0.01] as const;
        if (!projector.project(...at)) continue;
        const isHiddenThere = isHidden(groups, projector.rayTo(...at), 0.998);
        const found = isBehind([standing], standing, at, 0.998);
        expect(found).toBe(isHiddenThere);
        counts[found ? "behind" : "before"] += 1;
      }
    }
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(3);
  });
});
