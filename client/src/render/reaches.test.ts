import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import type { Label, Point } from "./label";
import type { Choice } from "./labelChoices";
import { LabelPlacer } from "./labelPlacer";
import { Projector } from "./projector";
import { reachOf, Reaches } from "./reaches";
import type { Standing } from "./standing";

const SIZE = [1280, 800] as const;

/** Numbers from 0 to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function cameraAt(random: () => number): PerspectiveCamera {
  const camera = new PerspectiveCamera(18, SIZE[0] / SIZE[1], 1, 1e6);
  const between = (most: number): number => (random() - 0.5) * 2 * most;
  camera.position.set(between(3000), between(3000), 30 + 4000 * random());
  camera.lookAt(between(1500), between(1500), between(1500));
  camera.setViewOffset(SIZE[0], SIZE[1], 150 * random(), 0, SIZE[0], SIZE[1]);
  camera.updateMatrixWorld();
  return camera;
}

function labelAt(random: () => number): Label {
  const at = (): Point => [2000 * random() - 1000, 2000 * random() - 1000, 500 * random()];
  const from = at();
  const long = random() < 0.3 ? 2000 * random() : 60 * random();
  const isFlat = random() < 0.5;
  const to: Point = isFlat
    ? [from[0] + long, from[1], from[2]]
    : [from[0], from[1] + long, from[2]];
  const anchor: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, from[2]];
  const label: Label = {
    text: "",
    anchor,
    align: [random(), random()],
    shift: [60 * random() - 30, 60 * random() - 30],
    size: { px: 12 },
    colour: [0, 0, 0],
    weight: 0,
    priority: 0,
  };
  const leastPx = 60 * random();
  const slides = random() < 0.5;
  const over: Point = [anchor[0], anchor[1] + 1000 * random(), anchor[2]];
  if (random() < 0.1) return label;
  return { ...label, span: { from, to, leastPx, slides, ...(random() < 0.4 && { over }) } };
}

describe("Reaches", () => {
  it("puts none out of the question that has a place, and most of the others", () => {
    const random = numbers(7);
    const projector = new Projector();
    const standing = { projector } as Standing;
    const labels = Array.from({ length: 300 }, () => labelAt(random));
    const choices = labels.map(
      (label) => ({ of: { standing }, reach: reachOf([label]) }) as Choice,
    );
    const reaches = new Reaches();
    reaches.set(choices);
    const placer = new LabelPlacer();
    const seen = { placed: 0, refused: 0, hidden: 0 };
    for (let turn = 0; turn < 60; turn++) {
      projector.update(cameraAt(random), ...SIZE);
      placer.setInsets({ left: 0, top: 0, right: 0, bottom: 0 });
      placer.begin(projector);
      labels.forEach((label, i) => {
        // One that is shown already is more easily placed.
        const isPlaced = placer.place(label, 5, true);
        const mayFit = reaches.mayFit(i);
        if (isPlaced) expect(mayFit).toBe(true);
        seen.placed += isPlaced ? 1 : 0;
        seen.refused += mayFit ? 0 : 1;
        seen.hidden += isPlaced ? 0 : 1;
      });
    }
    expect(seen.placed).toBeGreaterThan(200);
    expect(seen.refused).toBeGreaterThan(0.6 * seen.hidden);
  });

  it("knows a label that moves into view from anywhere", () => {
    const label: Label = { ...labelAt(numbers(1)), anchor: [1e5, 0, 0], staysIn: true };
    const { span: _, ...titled } = label;
    const projector = new Projector();
    projector.update(cameraAt(numbers(2)), ...SIZE);
    const reaches = new Reaches();
    reaches.set([{ of: { standing: { projector } }, reach: reachOf([titled]) } as Choice]);
    expect(reaches.mayFit(0)).toBe(projector.project(1e5, 0, 0));
  });
});
