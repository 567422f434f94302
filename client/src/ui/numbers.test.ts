import { describe, expect, it } from "vitest";
import { speak } from "../state/labels.svelte";
import {
  bytes,
  count,
  exactCount,
  fourDigits,
  fullNumber,
  percent,
  roughCount,
  shortCount,
  times,
  valueText,
} from "./numbers";

describe("values", () => {
  it("have six digits and a real minus sign", () => {
    expect(valueText(-0.11115512)).toBe("−0.111155");
    expect(valueText(Math.fround(2.60048e-5))).toBe("2.6005×10⁻⁵");
    expect(valueText(12345678.5)).toBe("1.2346×10⁷");
    expect(fourDigits(-1.22349)).toBe("−1.223");
  });

  it("are written whole when they are whole", () => {
    expect([valueText(0), valueText(50256), valueText(-2)]).toEqual(["0", "50256", "−2"]);
    expect(fourDigits(50256, true)).toBe("50256");
  });

  it("say what is no number", () => {
    expect([NaN, Infinity, -Infinity].map(valueText)).toEqual(["NaN", "∞", "−∞"]);
    expect(fullNumber(-Infinity)).toBe("−∞");
  });

  it("show every digit that float32 holds, and no more", () => {
    for (const value of [0.1, 1 / 3, -123456.789, 1e-20, 3.4e38]) {
      const single = Math.fround(value);
      const text = fullNumber(single)
        .replace("−", "-")
        .replace(/×10(.*)/, (_, raised: string) => "e" + plain(raised));
      expect(Math.fround(Number(text))).toBe(single);
    }
    expect(fullNumber(Math.fround(0.1))).toBe("0.1");
  });
});

function plain(raised: string): string {
  return [...raised]
    .map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit))
    .map((n) => (n < 0 ? "-" : n))
    .join("");
}

it("groups and rounds counts", () => {
  expect(count(85728)).toBe("85,728");
  expect([roughCount(948816), roughCount(1_234_567_890)]).toEqual(["948,816", "1.23 billion"]);
  expect(roughCount(1.24e17)).toBe("124 quadrillion");
  expect([bytes(512), bytes(480_256), bytes(3 * 2 ** 30)]).toEqual([
    "512 bytes",
    "469 KiB",
    "3 GiB",
  ]);
});

describe("figures", () => {
  it("are large counts in the units of the trade", () => {
    expect(shortCount(174_604_259_328)).toBe("175 B");
    expect(shortCount(85_728)).toBe("85,728");
    expect(shortCount(9_999)).toBe("9,999");
    expect(shortCount(0)).toBe("0");
    expect(shortCount(1_557_611_200)).toBe("1.56 B");
    expect(shortCount(2.5e12)).toBe("2.5 T");
    expect(exactCount(174_604_259_328)).toBe("174,604,259,328");
    expect(exactCount(2 ** 60)).toBe("about 1,152,920,000,000,000,000");
  });

  it("say how many times as much", () => {
    expect(times(1)).toBe("×1");
    expect(times(2036.7)).toBe("×2,037");
    expect(times(0.08)).toBe("÷12.5");
  });
});

describe("numbers beside labels", () => {
  it("follow the labels when a tour is told in another language", () => {
    speak({}, "de");
    expect([fourDigits(1.5), valueText(-0.25)]).toEqual(["1,500", "−0,25"]);
    expect(percent(0.106)).toBe("10.6 %");
    speak({});
    expect(fourDigits(1.5)).toBe("1.500");
  });
});
