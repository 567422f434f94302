import { expect, test } from "vitest";
import { numberOf, type GoldenNumber } from "../golden/golden";
import cases from "../golden/numbers.json";
import { latexNumber, shown, typesetNumber, written } from "./numbers";

test("numbers are written as Python writes them", () => {
  expect(cases.length).toBeGreaterThan(200);
  for (const golden of cases) {
    const x = numberOf(golden.x as GoldenNumber);
    expect({
      x,
      shown: shown(x),
      written: written(x),
      latex: [latexNumber(shown(x)), latexNumber(written(x))],
    }).toEqual({ ...golden, x });
  }
});

test("exact halves go to the even digit", () => {
  expect(shown(1.0625)).toBe("1.062");
  expect(shown(1.1875)).toBe("1.188");
  expect(shown(-12344.5)).toBe("-12344");
  expect(shown(12345.5)).toBe("12346");
  expect(shown(1.0005)).toBe("1.000"); // just below the half
});

test("integers in full", () => {
  expect(shown(1234567, true)).toBe("1234567");
  expect(shown(1234567)).toBe("1.235e6");
});

test("numbers on the page", () => {
  expect(typesetNumber(shown(-1.234e-5))).toBe("−1.234×10⁻⁵");
  expect(typesetNumber(shown(1.234e12))).toBe("1.234×10¹²");
  expect(typesetNumber(shown(-Infinity))).toBe("−∞");
  expect(typesetNumber(shown(NaN))).toBe("NaN");
  expect(typesetNumber("0.7978…")).toBe("0.7978…");
});
