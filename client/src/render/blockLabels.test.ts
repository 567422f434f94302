import { describe, expect, it } from "vitest";
import { thickness } from "../scene/blocks";
import { blockNamed, HEADS, KINDS } from "../scene/testing";
import { light } from "../theme/palette";
import { blockLabels } from "./blockLabels";

const kinds = new Map(KINDS.map((kind) => [kind.name, kind]));

describe("blockLabels", () => {
  it("names a block above it, else above its last slab, on it, beside it or below it: one choice of places", () => {
    const axes = HEADS.axes.map((axis) => (axis.name === "a" ? { ...axis, size: 400 } : axis));
    const block = blockNamed("blocks.0.q", { ...HEADS, axes });
    const { labels } = blockLabels([block], kinds, light);
    const names = labels.filter(({ text }) => text === block.label);
    expect(new Set(names.map(({ group }) => group))).toEqual(new Set([-1 - block.id]));
    const [above, behind, inside, beside, below] = names.sort((a, b) => a.priority - b.priority);
    expect(above!.anchor[2]).toBeLessThan(block.z);
    expect(behind!.anchor[2]).toBe(block.z + thickness(block));
    expect([above!.align[1], behind!.align[1], inside!.align[1]]).toEqual([1, 1, 0]);
    expect(inside!.span!.mostPx).toBeLessThan(block.columns.length);
    expect([beside?.anchor[0], beside?.align[0]]).toEqual([block.x + block.columns.length, 0]);
    // A thin block would seem to be named where one beside it is.
    expect(beside!.leastBreadthPx).toBeGreaterThan(10 * above!.leastBreadthPx!);
    expect([below?.anchor[1], below?.align[1]]).toEqual([block.y + block.rows.length, 0]);
  });

  it("leaves the places out that a block has not", () => {
    const flat = blockNamed("logits");
    const { labels } = blockLabels([flat], kinds, light);
    const names = labels.filter(({ text }) => text === flat.label);
    expect(names.map(({ align }) => align[1])).toEqual([1, 0, 0.5, 0]);
  });

  it("names nothing from where something else would seem to be named", () => {
    const block = blockNamed("logits");
    const { x, y, columns, rows } = block;
    const under = { ...block, id: 1, y: y + rows.length + 2, label: "under" };
    const next = { ...block, id: 2, x: x + columns.length + 2, label: "next" };
    const { labels } = blockLabels([block, under, next], kinds, light);
    const placesOf = (name: string) =>
      labels.filter(({ text }) => text === name).map(({ align }) => align.join());
    expect(placesOf(block.label)).toEqual(["0.5,1", "0.5,0"]);
    expect(placesOf("under")).toEqual(["0.5,1", "0.5,0", "0,0.5", "0.5,0"]);
  });

  it("names a sliver after what can be seen beside it", () => {
    const wide = blockNamed("logits");
    const thin = { ...wide, id: 1, columns: { ...wide.columns, length: 2000 }, label: "sliver" };
    const broad = { ...thin, id: 2, rows: { ...wide.rows, length: 200 }, label: "broad" };
    const { labels } = blockLabels([thin, broad], kinds, light);
    const first = (text: string) =>
      Math.min(...labels.filter((each) => each.text === text).map(({ priority }) => priority));
    expect(first("sliver")).toBeGreaterThan(first("broad") + 1);
  });
});
