import { expect, it } from "vitest";
import { Pace } from "./pace";

it("draws coarser after slow frames, down to a limit, and finer again after many fast ones", () => {
  const pace = new Pace();
  pace.note(100);
  expect(pace.scale).toBe(1);
  pace.note(16);
  pace.note(100);
  expect(pace.scale).toBe(1);
  pace.note(100);
  expect(pace.scale).toBeCloseTo(0.7);
  for (let i = 0; i < 20; i++) pace.note(100);
  expect(pace.scale).toBe(0.5);
  for (let i = 0; i < 100; i++) pace.note(16);
  expect(pace.scale).toBe(1);
});
