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

/** The text of a token with what would be invisible made visible, cut to `letters` letters. */
export function visibleToken(text: string, letters = 12): string {
  const shown = [...text.replace(/\n/g, "↵").replace(/\t/g, "⇥").replace(/ /g, "·")];
  return shown.length > letters ? `${shown.slice(0, letters - 1).join("")}…` : shown.join("");
}
