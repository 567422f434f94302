/**
 * How numbers are written in explanations, as `src/cutaway/numbers.py` writes them: rounded to the
 * even digit when exactly half way, which JavaScript does not do by itself.
 */

/** A value with four significant digits; integers (positions, token ids, counts) in full. */
export function shown(x: number, isInteger = false): string {
  if (isInteger) return String(x);
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (x === 0) return "0";
  const [mantissa, exponent] = rounded(x, "toExponential", 3).split("e") as [string, string];
  const e = Number(exponent);
  if (e === 4) return rounded(x, "toFixed", 0);
  return e >= -3 && e < 4 ? shifted(mantissa, e) : `${mantissa}e${e}`;
}

/** `mantissa` (d.ddd) times ten to the `e`, from -3 to 3. */
function shifted(mantissa: string, e: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (e < 0) return `${sign}0.${"0".repeat(-e - 1)}${digits}`;
  return e === 3 ? sign + digits : `${sign}${digits.slice(0, e + 1)}.${digits.slice(e + 1)}`;
}

/** A constant of a formula as its author wrote it; more than seven digits are cut off with "…". */
export function written(x: number): string {
  if (!Number.isFinite(x) || x === 0) return shown(x);
  const [mantissa, exponent] = Math.abs(x).toExponential().split("e") as [string, string];
  const sign = x < 0 ? "-" : "";
  const all = mantissa.replace(".", "");
  const e = Number(exponent);
  const isCut = all.length > 7;
  const digits = isCut ? all.slice(0, 6) : all;
  const more = isCut ? "…" : "";
  const point = (places: number): string =>
    digits.length > places
      ? `${digits.slice(0, places)}.${digits.slice(places)}`
      : digits.padEnd(places, "0");
  if (e < -4 || e >= 7) return `${sign}${point(1)}${more}e${e}`;
  const body = e < 0 ? `0.${"0".repeat(-e - 1)}${digits}` : point(e + 1);
  return sign + body + more;
}

/** A number from `shown` or `written` as TeX. */
export function latexNumber(text: string): string {
  if (text.endsWith("inf")) return text.replace("inf", "\\infty");
  if (text === "nan") return "\\mathrm{NaN}";
  const [mantissa, exponent] = text.replace("…", "\\ldots").split("e") as [string, string?];
  if (exponent === undefined) return mantissa;
  const power = `10^{${exponent}}`;
  if (mantissa === "1" || mantissa === "-1") return mantissa.slice(0, -1) + power;
  return `${mantissa} \\times ${power}`;
}

/** The same as plain text for the page, with a proper minus sign and raised digits: −1.234×10⁻⁵. */
export function typesetNumber(text: string): string {
  if (text === "nan") return "NaN";
  const [mantissa, exponent] = text.replace("inf", "∞").split("e") as [string, string?];
  const minus = mantissa.replace("-", "−");
  if (exponent === undefined) return minus;
  return `${minus}×10${exponent.replace(/./g, (letter) => RAISED[letter] ?? letter)}`;
}

const RAISED: Readonly<Record<string, string>> = {
  "-": "⁻",
  ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((raised, digit) => [String(digit), raised])),
};

/**
 * `x.toFixed(digits)` or `x.toExponential(digits)`, with exact halves going to the even digit.
 *
 * Both methods work on the exact value, and send halves away from zero. One more digit shows
 * whether x may be a half, and forty more whether it is: no double comes that close to one.
 */
function rounded(x: number, method: "toFixed" | "toExponential", digits: number): string {
  const away = x[method](digits);
  // n + 1/2 of 10^k, with n of at most five digits, is a binary number for k >= -6 only: then it is a
  // multiple of 1/128. All other numbers, nearly all there are, need no second look.
  if ((x * 128) % 1 !== 0) return away;
  const [longer, exponent] = x[method](digits + 1).split("e") as [string, string?];
  if (!longer.endsWith("5")) return away;
  const [longest] = x[method](digits + 41).split("e") as [string, string?];
  if (longest !== longer + "0".repeat(40)) return away;
  const towards = longer.slice(0, -1).replace(/\.$/, "");
  const isEven = Number(towards.at(-1)) % 2 === 0;
  if (!isEven) return away;
  return exponent === undefined ? towards : `${towards}e${exponent}`;
}
