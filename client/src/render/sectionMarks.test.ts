import { expect, test } from "vitest";
import { groupsOf } from "../scene/groups";
import { blockNamed } from "../scene/testing";
import { light } from "../theme/palette";
import { sectionMarks } from "./sectionMarks";

test("the name of a layer goes with its first block and the lowest it computes, that of a part with its first", () => {
  const names = ["resid_pre", "attn.q", "attn.z", "resid_post"].map((name) => `blocks.0.${name}`);
  const blocks = names.map((tensor, id) => ({ ...blockNamed("blocks.0.q"), tensor, id, layer: 0 }));
  const bounds = { min: [0, 0, 0], max: [100, 100, 1] } as const;
  const beside = { ...blocks[2]!, tensor: "blocks.0.mlp.shared.out", id: 5, y: blocks[3]!.y - 1 };
  const weight = { ...blocks[3]!, tensor: "blocks.0.ln.w", id: 4, role: "weight" as const };
  const sections = ["blocks.0", "blocks.0.attn"].map((path, level) => {
    return { path, module: path.replace("0", "*"), layer: 0, label: path, level, bounds };
  });
  const { labels } = sectionMarks(sections, groupsOf([...blocks, beside, weight]), light);
  const ends = (of: string) => labels.filter((l) => l.text === of).map((l) => [l.block, l.last]);
  expect(new Set(ends("blocks.0").map(String))).toEqual(new Set(["0,3"]));
  expect(new Set(ends("blocks.0.attn").map(String))).toEqual(new Set(["1,"]));
});

test("the first layer's name may stand within its frame, at its right end, when all about it is taken", () => {
  const blocks = [0, 1].map((layer) => ({
    ...blockNamed("blocks.0.q"),
    tensor: `blocks.${layer}.q`,
    id: layer,
    layer,
  }));
  const sections = [0, 1].map((layer) => ({
    path: `blocks.${layer}`,
    module: "blocks.*",
    layer,
    label: `Block ${layer}`,
    level: 0,
    bounds: { min: [0, layer * 300, 0], max: [100, layer * 300 + 200, 1] } as const,
  }));
  const { labels } = sectionMarks(sections, groupsOf(blocks), light);
  const placesOf = (name: string) =>
    labels
      .filter(({ text, layer }) => text === name && layer)
      .sort((a, b) => a.priority - b.priority)
      .map(({ anchor, align, shift }) => [anchor[0] + shift[0] > 50, align[0], shift[1] > 0]);
  expect(placesOf("Block 0").at(-1)).toEqual([true, 1, true]);
  expect(placesOf("Block 0")[0]).toEqual([false, 0, false]);
  expect(placesOf("Block 1")).toHaveLength(1);
});
