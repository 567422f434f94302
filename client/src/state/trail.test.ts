import { describe, expect, it } from "vitest";
import type { CellRef } from "../bundle/cell";
import { backTo, equalTrails, follow, moveTo, pinnedOf, type Trail } from "./trail";

const cell = (tensor: string, ...index: number[]): CellRef => ({ tensor, index });
const trail: Trail = [cell("probs", 5, 0), cell("logits", 5, 0), cell("embed", 5, 7)];

describe("a trail", () => {
  it("is empty at first", () => {
    expect(pinnedOf([])).toBeNull();
  });

  it("grows with every source that is followed", () => {
    const longer = follow(trail, cell("tokens", 5));
    expect(longer.map((crumb) => crumb.tensor)).toEqual(["probs", "logits", "embed", "tokens"]);
    expect(pinnedOf(longer)).toEqual(cell("tokens", 5));
  });

  it("never holds a cell twice: following one that is on it goes back to it", () => {
    expect(follow(trail, cell("logits", 5, 0))).toEqual(trail.slice(0, 2));
    expect(follow(trail, cell("logits", 5, 1))).toHaveLength(4);
  });

  it("goes back to a crumb", () => {
    expect(pinnedOf(backTo(trail, 0))).toEqual(cell("probs", 5, 0));
    expect(backTo(trail, 2)).toEqual(trail);
  });

  it("keeps its crumbs when the pinned cell moves", () => {
    const moved = moveTo(trail, cell("embed", 4, 7));
    expect(moved.slice(0, 2)).toEqual(trail.slice(0, 2));
    expect(pinnedOf(moved)).toEqual(cell("embed", 4, 7));
    expect(moveTo([], cell("embed", 0, 0))).toEqual([cell("embed", 0, 0)]);
  });

  it("is compared by its cells", () => {
    expect(equalTrails(trail, [...trail])).toBe(true);
    expect(equalTrails(trail, backTo(trail, 1))).toBe(false);
    expect(equalTrails([cell("x", 1)], [cell("x", 2)])).toBe(false);
  });
});
