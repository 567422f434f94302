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

const LETTERS: [number, string][] = [
  [1e15, "×10¹⁵"],
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
];

/** `175 B`: three digits and the unit of the trade; below a million every digit. */
export function shortCount(value: number): string {
  const unit = LETTERS.find(([size]) => value >= size);
  if (!unit) return exactCount(value);
  return `${grouped.format(Number((value / unit[0]).toPrecision(3)))} ${unit[1]}`;
}

/** Every digit, as far as a number of the page has them. */
export function exactCount(value: number): string {
  if (value <= Number.MAX_SAFE_INTEGER) return count(Math.round(value * 100) / 100);
  return `about ${count(Number(value.toPrecision(6)))}`;
}

/** `×12.3`, or `÷12.3` for what is smaller. */
export function times(ratio: number): string {
  if (ratio === 1) return "×1";
  const [sign, size] = ratio > 1 ? ["×", ratio] : ["÷", 1 / ratio];
  if (size >= 1e6) return `${sign}${shortCount(size)}`;
  return `${sign}${grouped.format(Number(size.toPrecision(size >= 1000 ? 4 : 3)))}`;
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
