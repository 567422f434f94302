// @vitest-environment jsdom
import { expect, it } from "vitest";
import { CameraRig } from "./cameraRig";
import { extentOf } from "./fit";

const WHOLE = [{ min: [0, 0, 0], max: [900, 300, 40] }] as const;
const ROOM = { left: 0, top: 0, right: 0, bottom: 0 };

function rigOf(): CameraRig {
  const rig = new CameraRig(document.createElement("canvas"), {
    reducedMotion: true,
    wake: () => undefined,
  });
  rig.resize(1000, 600);
  rig.setWhole(WHOLE);
  return rig;
}

/** CSS pixels from the left end of what is shown to its right end, for a picture so high. */
function widthPx(rig: CameraRig, height: number): number {
  const { left, right } = extentOf(WHOLE[0], rig.state);
  return ((right - left) * height) / (2 * Math.tan((18 * Math.PI) / 360));
}

it("keeps in view what was seen whole, whatever the room is", () => {
  const rig = rigOf();
  rig.showWhole(false);
  expect(widthPx(rig, 600)).toBeGreaterThan(900);
  rig.setInsets({ ...ROOM, left: 300, right: 200 });
  expect(widthPx(rig, 600)).toBeLessThanOrEqual(500);
  rig.resize(700, 500);
  expect(widthPx(rig, 500)).toBeLessThanOrEqual(200);
  rig.setInsets(ROOM);
  expect(widthPx(rig, 500)).toBeGreaterThan(600);
});

it("leaves the distance to whoever chose it", () => {
  const rig = rigOf();
  rig.showWhole(false);
  rig.setInsets({ ...ROOM, right: 200 }, false);
  const shown = rig.state;
  rig.setInsets({ ...ROOM, left: 300 });
  expect(rig.state).toEqual(shown);

  rig.showWhole(false);
  rig.state = { ...rig.state, distance: 500 };
  rig.resize(400, 300);
  expect(rig.state.distance).toBeCloseTo(500);

  rig.showWhole(false);
  rig.zoom(2);
  rig.update(1000);
  const near = rig.state.distance;
  rig.setInsets(ROOM);
  expect(rig.state.distance).toBeCloseTo(near);
});
