import { describe, expect, it } from "vitest";
import { percent, shortNumber, visibleToken } from "./format";
import { tone } from "./tone";

describe("shortNumber", () => {
  it.each([
    [0, "0"],
    [0.2749, "0.27"],
    [-13.52, "−13.5"],
    [0.0042, "0.004"],
    [0.00021, "2e−4"],
    [123.4, "123"],
    [7, "7"],
    [-41234.7, "−4e4"],
    [NaN, "NaN"],
    [Infinity, "+∞"],
    [-Infinity, "−∞"],
  ])("writes %d as %s", (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });

  it("never needs more than six letters", () => {
    for (let exponent = -20; exponent <= 20; exponent++) {
      for (const digits of [1, 1.2345, 9.9951, 9.9999]) {
        expect([...shortNumber(-digits * 10 ** exponent)].length).toBeLessThanOrEqual(6);
      }
    }
  });
});

describe("percent", () => {
  it("keeps small shares apart from none", () => {
    expect([percent(1), percent(0.9997), percent(0.031), percent(0.0001), percent(0)]).toEqual([
      "100%",
      ">99.9%",
      "3.1%",
      "<0.1%",
      "0%",
    ]);
  });
});

describe("visibleToken", () => {
  it("shows what cannot be seen, and cuts what is long", () => {
    expect(visibleToken(" a\n")).toBe("·a↵");
    expect(visibleToken("x".repeat(20))).toBe(`${"x".repeat(11)}…`);
  });

  it("never shows nothing", () => {
    const letters = ["", "\r", "\u0002", "\u00a0", "\u200b", "\u3000", "\u0301"];
    const seen = ["∅", "␍", "␂", "⟨U+00A0⟩", "⟨U+200B⟩", "⟨U+3000⟩", "◌\u0301"];
    expect(letters.map((letter) => visibleToken(letter))).toEqual(seen);
  });

  it("leaves joined letters joined", () => {
    for (const joined of ["👩‍💻", "می‌خواهم", "é", "🙂", "日本"])
      expect(visibleToken(joined)).toBe(joined);
    expect(visibleToken("\u200d")).toBe("⟨U+200D⟩");
  });
});

describe("tone", () => {
  it("runs from 0 to 1, steep at first, and knows no sign", () => {
    expect([tone(0), tone(1), tone(5)]).toEqual([0, 1, 1]);
    expect(tone(0.1)).toBeGreaterThan(0.2);
    expect(tone(-0.3)).toBe(tone(0.3));
  });
});
