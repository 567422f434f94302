/** Numbers and tokens as they are written into the scene, where room is scarce. */

/** Two or three significant digits in at most six letters: `0.27`, `-13.5`, `2e-7`. */
export function shortNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (Number.isInteger(value) && size < 10000) return sign + String(size);
  if (size >= 9999.5 || size < 0.0005) {
    const [digits, exponent] = size.toExponential(0).split("e");
    return `${sign}${digits}e${exponent!.replace("+", "").replace("-", "−")}`;
  }
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 3;
  return sign + size.toFixed(decimals);
}

/** A share of 1 in percent: `3.1%`, `<0.1%`; only what is all is `100%`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return shortNumber(share);
  if (share > 0 && share < 0.0005) return "<0.1%";
  if (share < 1 && share >= 0.9995) return ">99.9%";
  return `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)}%`;
}

/** What stands for letters that many tokens have and nobody can see. */
const MARKS: Readonly<Record<string, string>> = { "\n": "↵", "\t": "⇥", " ": "·" };
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu;
/** They show themselves in the letters that they join. */
const JOINERS = "\u200c\u200d";

/** The text of a token with what would be invisible made visible, cut to `letters` letters. */
export function visibleToken(text: string, letters = 12): string {
  if (text === "") return "∅";
  const seen = text.replace(UNSEEN, (letter, at: number) => visibleLetter(letter, at, text));
  // An accent alone would stand on whatever is drawn before it.
  const shown = [...(/^\p{M}/u.test(seen) ? `◌${seen}` : seen)];
  return shown.length > letters ? `${shown.slice(0, letters - 1).join("")}…` : shown.join("");
}

function visibleLetter(letter: string, at: number, text: string): string {
  const mark = MARKS[letter];
  if (mark !== undefined) return mark;
  if (JOINERS.includes(letter) && at > 0 && at < text.length - 1) return letter;
  const code = letter.codePointAt(0)!;
  return code < 0x20
    ? String.fromCodePoint(0x2400 + code)
    : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
