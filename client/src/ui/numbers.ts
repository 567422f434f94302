/** Numbers as the page writes them outside of formulas. */
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

/** Six significant digits, with a real minus sign; token ids and other whole numbers in full. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-4 && size < 1e7);
  const digits = plain ? Number(value.toPrecision(6)) : value.toExponential(4);
  return minus(String(digits));
}

/** The shortest decimal that is this float32 and no other. */
export function fullNumber(value: number): string {
  if (!Number.isFinite(value)) return valueText(value);
  for (let digits = 6; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return minus(text);
  }
  return minus(String(value));
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}
