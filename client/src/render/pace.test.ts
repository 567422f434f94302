import { expect, it } from "vitest";
import { Pace } from "./pace";

it("draws coarser after several slow frames on end, and finely again after many fast ones", () => {
  const pace = new Pace();
  const note = (intervalMs: number, frames: number): void => {
    for (let i = 0; i < frames; i++) pace.note(intervalMs);
  };
  note(100, 2);
  note(16, 1);
  note(100, 2);
  expect(pace.scale).toBe(1);
  note(100, 1);
  expect(pace.scale).toBe(0.6);
  note(30, 100);
  note(16, 20);
  expect(pace.scale).toBe(0.6);
  note(16, 40);
  expect(pace.scale).toBe(1);
});
