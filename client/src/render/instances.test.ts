/** Instances that are written anew, grow, and go on in another set. */
import { RawShaderMaterial } from "three";
import { expect, test } from "vitest";
import { Instances, meshOf, QUAD } from "./instances";

const PLAIN = { size: { kind: "float", items: 1 } } as const;
const STAGED = { ...PLAIN, staged: { kind: "float", items: 2 } } as const;

const mesh = meshOf(new RawShaderMaterial());
const set = (isStaged: boolean) => new Instances<"size">(mesh, QUAD, isStaged ? STAGED : PLAIN);

test("sets that take turns have the same instances and no more room each time", () => {
  let now = set(false);
  now.reserve(100);
  now.array("size").set(Array.from({ length: 100 }, (_, i) => i));
  now.commit(100);
  const { length } = now.array("size");
  for (let turn = 0; turn < 60; turn++) {
    const next = set(turn % 2 === 0);
    next.take(now);
    now = next;
  }
  expect(now.array("size").length).toBe(length);
  expect([...now.array("size").subarray(0, 100)]).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(mesh.geometry.instanceCount).toBe(100);
});

test("room grows ahead of what is needed, and keeps what it is told to", () => {
  const instances = set(false);
  instances.reserve(50);
  instances.array("size").fill(7);
  expect(instances.reserve(60)).toBe(false);
  expect(instances.reserve(1000, 50)).toBe(true);
  expect([...instances.array("size").subarray(48, 52)]).toEqual([7, 7, 0, 0]);
});
