import { describe, expect, it } from "vitest";
import { thickness } from "../scene/blocks";
import { blockNamed, HEADS, KINDS } from "../scene/testing";
import { light } from "../theme/palette";
import { blockLabels } from "./blockLabels";

const kinds = new Map(KINDS.map((kind) => [kind.name, kind]));

describe("blockLabels", () => {
  it("names a block above it, else above its last slab, else on it: one choice of three places", () => {
    const axes = HEADS.axes.map((axis) => (axis.name === "a" ? { ...axis, size: 400 } : axis));
    const block = blockNamed("blocks.0.q", { ...HEADS, axes });
    const { labels } = blockLabels([block], kinds, light);
    const names = labels.filter(({ text }) => text === block.label);
    expect(new Set(names.map(({ group }) => group))).toEqual(new Set([-1 - block.id]));
    const [above, behind, inside] = names.sort((a, b) => a.priority - b.priority);
    expect(above!.anchor[2]).toBeLessThan(block.z);
    expect(behind!.anchor[2]).toBe(block.z + thickness(block));
    expect([above!.align[1], behind!.align[1], inside!.align[1]]).toEqual([1, 1, 0]);
    expect(inside!.span!.mostPx).toBeLessThan(block.columns.length);
  });

  it("leaves the places out that a block has not", () => {
    const flat = blockNamed("logits");
    const { labels } = blockLabels([flat], kinds, light);
    const names = labels.filter(({ text }) => text === flat.label);
    expect(names.map(({ align }) => align[1])).toEqual([1, 0]);
  });
});
