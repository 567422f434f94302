/** Numbers as the page writes them outside of formulas. */
import { shown, typesetNumber } from "../formula";

const grouped = new Intl.NumberFormat("en-US");

/** `85,728` */
export function count(value: number): string {
  return grouped.format(value);
}

const UNITS: [number, string][] = [
  [1e12, "trillion"],
  [1e9, "billion"],
  [1e6, "million"],
];

/** `1.04 million`; below a million every digit. */
export function roughCount(value: number): string {
  const unit = UNITS.find(([size]) => value >= size);
  return unit ? `${Number((value / unit[0]).toPrecision(3))} ${unit[1]}` : count(value);
}

const BYTES: [number, string][] = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

export function bytes(value: number): string {
  const unit = BYTES.find(([size]) => value >= size);
  return unit ? `${Number((value / unit[0]).toPrecision(3))} ${unit[1]}` : `${value} bytes`;
}

/** Four significant digits, as in formulas. */
export function fourDigits(value: number, isInteger = false): string {
  return typesetNumber(shown(value, isInteger));
}

/** Six significant digits; whole numbers such as token ids in full. */
export function valueText(value: number): string {
  if (!Number.isFinite(value)) return typesetNumber(shown(value));
  const size = Math.abs(value);
  const isPlain = Number.isInteger(value) || (size >= 1e-4 && size < 1e7);
  return isPlain
    ? plain(Number.isInteger(value) ? value : Number(value.toPrecision(6)))
    : plain(value.toExponential(4));
}

/** The shortest decimal that is this float32 and no other. */
export function fullNumber(value: number): string {
  if (!Number.isFinite(value)) return valueText(value);
  for (let digits = 6; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return plain(Number(text));
  }
  return plain(value);
}

function plain(value: number | string): string {
  return typesetNumber(String(value).replace("e+", "e"));
}
