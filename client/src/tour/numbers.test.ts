/** Numbers in the words of a tour. */
import { expect, test } from "vitest";
import { inWords, percent } from "./numbers";

test.each([
  [0.505764, "en", "0.5058"],
  [-0.021269, "en", "−0.02127"],
  [2.2901e-5, "en", "2.290×10⁻⁵"],
  [-2.2901e-5, "de", "−2,290×10⁻⁵"],
  [-Infinity, "en", "−∞"],
  [0, "en", "0"],
  [7.87731, "de", "7,877"],
])("%d in %s is %s", (value, language, text) => expect(inWords(value, language)).toBe(text));

test.each([
  [1, "100 %"],
  [0, "0 %"],
  [0.99999, "> 99.9 %"],
  [0.00001, "< 0.01 %"],
  [0.10625, "10.6 %"],
  [0.0213, "2.13 %"],
  [NaN, "NaN"],
])("the share %d is %s", (share, text) => expect(percent(share, "en")).toBe(text));
