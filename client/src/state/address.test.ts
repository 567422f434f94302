import { describe, expect, it } from "vitest";
import { cellForAddress, formatAddress, parseAddress, type Address } from "./address";

const full: Address = {
  model: "nano-gpt",
  prompt: "CBABBC",
  cell: "blocks.0.attn.q[3,0,5]",
  camera: { target: [12.5, -40, 0.1], azimuth: -0.35, elevation: 0.2, distance: 120.4 },
  theme: "dark",
};

describe("addresses", () => {
  it("come back as they were", () => {
    expect(parseAddress(formatAddress(full))).toEqual(full);
    expect(parseAddress("#" + formatAddress({ tokens: [3], decoder: [0, 7] }))).toEqual({
      tokens: [3],
      decoder: [0, 7],
    });
    expect(parseAddress("#" + formatAddress({ tokens: [15496, 0] }))).toEqual({
      tokens: [15496, 0],
    });
  });

  it("are readable", () => {
    expect(formatAddress({ model: "large@1024" })).toBe("model=large@1024");
    expect(formatAddress({ model: "nano-gpt", cell: "blocks.0.attn.q[3, 0, 5]" })).toBe(
      "model=nano-gpt&cell=blocks.0.attn.q:3,0,5",
    );
    expect(cellForAddress({ tensor: "mean", index: [2] })).toBe("mean:2");
  });

  it("escape what would end a field", () => {
    const address = { prompt: "a&b=c#d% é+ +" };
    expect(parseAddress(formatAddress(address))).toEqual(address);
  });

  it("hold nothing for a view without choices", () => {
    expect(formatAddress({})).toBe("");
    expect(parseAddress("")).toEqual({});
  });

  it("leave out what is damaged and keep the rest", () => {
    expect(
      parseAddress("#model=x&camera=1,2,three&theme=pink&tokens=1,-2&cell=&nonsense=1"),
    ).toEqual({ model: "x" });
    expect(parseAddress("#camera=1,2,3,0,0,0")).toEqual({});
    expect(parseAddress("#camera=1,2,,0,0,5")).toEqual({});
  });
});
