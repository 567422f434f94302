/**
 * Numbers as the page writes them outside of formulas, in the language of the page. What programs
 * read (links, CSV, `data-` attributes) is not written here.
 */
import { shown, typesetNumber } from "../formula";
import { languageOfLabels } from "../state/labels.svelte";
import { words } from "../words";

const formats = new Map<string, { readonly grouped: Intl.NumberFormat; readonly point: string }>();

/** How a language groups digits, and what stands before the fraction. */
function format(code = words.code) {
  let known = formats.get(code);
  if (known === undefined) {
    const grouped = new Intl.NumberFormat(code);
    known = { grouped, point: grouped.format(0.5).replace(/[05]/g, "") };
    formats.set(code, known);
  }
  return known;
}

/** A number with a decimal point, with what the language of the labels beside it has there. */
export function local(text: string): string {
  return pointed(text, languageOfLabels());
}

/** The same with what the language of the page has there. */
function pointed(text: string, code = words.code): string {
  const { point } = format(code);
  return point === "." ? text : text.replace(".", point);
}

/** Every digit of a number, as JavaScript has it. */
export function decimal(value: number): string {
  return pointed(String(value));
}

/** `85,728` */
export function count(value: number): string {
  return format().grouped.format(value);
}

/** A share as `10.6 %`; one that is neither nothing nor all is never written as if it were. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return pointed("<0.1 %");
  if (share < 1 && share > 0.9995) return pointed(">99.9 %");
  return pointed(`${(share * 100).toFixed(1)} %`);
}

const UNITS = [
  [1e15, "quadrillion"],
  [1e12, "trillion"],
  [1e9, "billion"],
  [1e6, "million"],
] as const;

/** `1.04 million`; below a million every digit. */
export function roughCount(value: number): string {
  const unit = UNITS.find(([size]) => value >= size);
  return unit ? `${threeDigits(value / unit[0])} ${words.numbers[unit[1]]}` : count(value);
}

function threeDigits(value: number): string {
  return decimal(Number(value.toPrecision(3)));
}

/** `175 B`: three digits and the unit of the trade; below a million every digit. */
export function shortCount(value: number): string {
  const unit = UNITS.find(([size]) => value >= size);
  if (!unit) return exactCount(value);
  const digits = Number((value / unit[0]).toPrecision(3));
  return `${count(digits)} ${words.numbers.letters[unit[1]]}`;
}

/** Every digit, as far as a number of the page has them. */
export function exactCount(value: number): string {
  if (value <= Number.MAX_SAFE_INTEGER) return count(Math.round(value * 100) / 100);
  return words.numbers.about(count(Number(value.toPrecision(6))));
}

/** `×12.3`, or `÷12.3` for what is smaller. */
export function times(ratio: number): string {
  if (ratio === 1) return "×1";
  const [sign, size] = ratio > 1 ? ["×", ratio] : ["÷", 1 / ratio];
  if (size >= 1e6) return `${sign}${shortCount(size)}`;
  return `${sign}${count(Number(size.toPrecision(size >= 1000 ? 4 : 3)))}`;
}

const BYTES: [number, string][] = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

export function bytes(value: number): string {
  const unit = BYTES.find(([size]) => value >= size);
  return unit
    ? `${threeDigits(value / unit[0])} ${unit[1]}`
    : `${decimal(value)} ${words.numbers.bytes}`;
}

/** Four significant digits, as in formulas. */
export function fourDigits(value: number, isInteger = false): string {
  return local(typesetNumber(shown(value, isInteger)));
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
  return local(typesetNumber(String(value).replace("e+", "e")));
}
