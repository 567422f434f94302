import { describe, expect, it } from "vitest";
import { ancestorsOf, nodeOf, outlineOf, rowsOf, searched } from "./outline";
import { sample } from "./sample";

const outline = outlineOf(sample);
const ids = (rows: ReturnType<typeof rowsOf>) => rows.map(({ node }) => node.id);

describe("the outline", () => {
  it("writes layers out and keeps the order of computation", () => {
    expect(ids(rowsOf(outline, () => false))).toEqual([
      "tokens",
      "embedding",
      "blocks.0",
      "blocks.1",
      "probs",
    ]);
    expect(nodeOf(outline, "blocks.1")).toMatchObject({
      label: "Block 1",
      module: { path: "blocks.*", layer: 1 },
    });
  });

  it("shows every tensor when all is open", () => {
    const tensors = rowsOf(outline, () => true).filter(({ node }) => node.tensor);
    expect(tensors.map(({ node }) => node.id)).toEqual(sample.names);
  });

  it("opens only what is expanded, and counts siblings", () => {
    const rows = rowsOf(outline, (node) => node.id === "blocks.1");
    expect(ids(rows)).toContain("blocks.1.x");
    expect(ids(rows)).not.toContain("blocks.0.x");
    expect(rows.find(({ node }) => node.id === "blocks.1.x")).toMatchObject({
      position: 2,
      siblings: 2,
      node: { level: 2, name: "x" },
    });
  });

  it("knows what is above a tensor", () => {
    expect(ancestorsOf(nodeOf(outline, "blocks.0.W")!)).toEqual(["blocks.0"]);
    expect(nodeOf(outline, "blocks.7.W")).toBeNull();
  });
});

describe("searching", () => {
  const found = (query: string) => ids(rowsOf(searched(outline, query), () => true));

  it("finds tensors by name or label, with the modules above them", () => {
    expect(found("product")).toEqual(["blocks.0", "blocks.0.x", "blocks.1", "blocks.1.x"]);
    expect(found("1.x")).toEqual(["blocks.1", "blocks.1.x"]);
  });

  it("needs every word", () => {
    expect(found("blocks product")).toEqual(found("product"));
    expect(found("blocks embedding")).toEqual([]);
  });

  it("keeps all of a module that matches", () => {
    expect(found("Block 1")).toEqual(["blocks.1", "blocks.1.W", "blocks.1.x"]);
  });

  it("keeps everything without a query", () => {
    expect(found("  ")).toEqual(ids(rowsOf(outline, () => true)));
  });
});
