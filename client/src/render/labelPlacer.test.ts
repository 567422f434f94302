import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import { Declutter } from "./declutter";
import type { Label } from "./label";
import { LabelPlacer } from "./labelPlacer";
import { Projector } from "./projector";

/** From the front; the middle of the canvas is the origin, and a cell there has 10 CSS pixels. */
function front(): Projector {
  const camera = new PerspectiveCamera(20, 1, 1, 1e4);
  camera.position.set(0, 0, 40 / Math.tan((20 * Math.PI) / 360));
  camera.updateMatrixWorld();
  const projector = new Projector();
  projector.update(camera, 800, 800);
  return projector;
}

const LABEL: Label = {
  text: "query",
  anchor: [0, 0, 0],
  align: [0.5, 1],
  shift: [0, -4],
  size: { px: 12 },
  colour: [0, 0, 0],
  weight: 0,
  priority: 0,
};

function placed(label: Partial<Label>, wasShown = false): LabelPlacer | null {
  const placer = new LabelPlacer();
  placer.setInsets({ left: 0, top: 0, right: 0, bottom: 0 });
  placer.begin(front());
  return placer.place({ ...LABEL, ...label }, 3, wasShown) ? placer : null;
}

describe("LabelPlacer", () => {
  it("puts the box beside its anchor", () => {
    const { left, right, bottom, shiftX, shiftY } = placed({})!;
    expect([left, right]).toEqual([382, 418]);
    expect(bottom).toBeCloseTo(396);
    expect([shiftX, shiftY]).toEqual([0, -4]);
  });

  it("hides text that is out of view, or behind the eye", () => {
    expect(placed({ anchor: [39, 0, 0] })).toBeNull();
    expect(placed({ anchor: [0, 0, -1000] })).toBeNull();
  });

  it("hides the name of a line of which hardly anything is in view", () => {
    const line = (top: number, leastSeenPx?: number) =>
      placed({
        anchor: [0, 0, 0],
        span: {
          from: [0, top, 0],
          to: [0, top + 60, 0],
          leastPx: 20,
          slides: true,
          ...(leastSeenPx !== undefined && { leastSeenPx }),
        },
      });
    expect(line(-98)).not.toBeNull();
    expect(line(-98, 40)).toBeNull();
    expect(line(-88, 40)).not.toBeNull();
    expect(line(-30, 40)).not.toBeNull();
  });

  it("hides text that a button in a corner covers", () => {
    const placer = new LabelPlacer();
    const corner = { side: "right", edge: "top", width: 120, height: 40 } as const;
    placer.setInsets({ left: 0, top: 0, right: 0, bottom: 0, corners: [corner] });
    placer.begin(front());
    const isPlaced = (x: number, y: number): boolean =>
      placer.place({ ...LABEL, anchor: [x, y, 0] }, 3, false);
    expect(isPlaced(35, -37)).toBe(false);
    expect(isPlaced(35, -30)).toBe(true);
    expect(isPlaced(20, -37)).toBe(true);
    expect(isPlaced(-35, -37)).toBe(true);
  });

  it("scales with the scene between its limits, and hides what is too small", () => {
    expect(placed({ size: { cells: 1.5, leastPx: 8, mostPx: 30 } })!.px).toBeCloseTo(15);
    expect(placed({ size: { cells: 9, leastPx: 8, mostPx: 30 } })!.px).toBe(30);
    expect(placed({ size: { cells: 0.75, leastPx: 8, mostPx: 30 } })).toBeNull();
    expect(placed({ size: { cells: 0.85, leastPx: 8, mostPx: 30 } })!.px).toBe(10);
    // One that is shown stays a little longer.
    expect(placed({ size: { cells: 0.75, leastPx: 8, mostPx: 30 } }, true)).not.toBeNull();
  });

  it("goes by how long its line is on the screen", () => {
    const span = { from: [-2, 0, 0], to: [2, 0, 0] } as const;
    expect(placed({ span: { ...span, leastPx: 39 } })).not.toBeNull();
    expect(placed({ span: { ...span, leastPx: 41 } })).toBeNull();
    expect(placed({ span: { ...span, leastPx: 0, mostPx: 30 } })).toBeNull();
    expect(placed({ span: { ...span, leastPx: 0, leastShare: 1.2 } })).toBeNull();
  });

  it("slides along its line to stay in view", () => {
    const span = { from: [-200, 0, 0], to: [10, 0, 0], leastPx: 0, slides: true } as const;
    const { left } = placed({ anchor: [-95, 0, 0], span })!;
    expect(left).toBeCloseTo(6);
    const inView = { ...span, from: [-10, 0, 0] } as const;
    expect(placed({ anchor: [0, 0, 0], span: inView })!.shiftX).toBe(0);
  });

  it("stays at the upper border while only the far side is in view", () => {
    const span = { from: [-9, -60, 0], to: [9, -60, 0], leastPx: 0, over: [0, 20, 0] } as const;
    const { top } = placed({ anchor: [0, -60, 0], span })!;
    expect(top).toBeCloseTo(6);
  });
});

describe("Declutter", () => {
  it("refuses overlaps, with some slack for what is shown already", () => {
    const declutter = new Declutter(2);
    declutter.add(0, 0, 10, 10);
    expect(declutter.fits(10, 0, 20, 10, 0)).toBe(true);
    expect(declutter.fits(9, 0, 20, 10, 0)).toBe(false);
    expect(declutter.fits(9, 0, 20, 10, 2)).toBe(true);
    declutter.clear();
    expect(declutter.fits(9, 0, 20, 10, 0)).toBe(true);
  });
});
