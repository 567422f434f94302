import { describe, expect, it } from "vitest";
import { blocksOf, boundsOf } from "./blocks";
import { groupsOf, layerPath } from "./groups";
import { HEADS } from "./testing";

describe("groupsOf", () => {
  const blocks = blocksOf(HEADS);
  const groups = groupsOf(blocks);

  it("has one group for each layer and one for the rest, and every block once", () => {
    expect(groups.map(({ key }) => key).sort()).toEqual(["", "blocks.0", "blocks.1"]);
    expect(groups.flatMap((group) => group.blocks).length).toBe(blocks.length);
  });

  it("bounds what is in a group", () => {
    for (const group of groups) expect(group.bounds).toEqual(boundsOf(group.blocks));
  });
});

describe("layerPath", () => {
  it("ends with the number of the layer", () => {
    expect(layerPath("decoder.blocks.17.attn.q", 17)).toBe("decoder.blocks.17");
    expect(layerPath("blocks.1", 1)).toBe("blocks.1");
    expect(layerPath("W_E", null)).toBe("");
  });
});
