/** Numbers of the run as the text of a tour shows them, in its language. */
import type { Values, wire } from "../bundle";
import { evaluate, shown } from "../formula";

export function written(
  [, value, format]: wire.RunNumber,
  values: Values,
  language: string,
): string {
  if (format === "prompt") return promptOf(values);
  const number = evaluate(value, values);
  switch (format) {
    case "percent":
      return percent(number, language);
    case "count":
      return Math.round(number).toLocaleString(language);
    case "token":
      return textOf(number, values);
  }
  return inWords(number, language);
}

/** The prompt as it is typed; token ids have something between them. */
function promptOf({ text, texts, tokens }: Values): string {
  const areIds = texts.every((each, i) => each === String(tokens[i]));
  return text ?? texts.join(areIds ? " " : "");
}

/** The text of a token as far as it is known here: listed, in the run, or likely to come next. */
export function textOf(token: number, values: Values): string {
  return values.model.spec.vocabulary.tokens?.[token] ?? values.textOf(token) ?? `#${token}`;
}

/** A value with four digits: `−0.02127`, `2.290×10⁻⁵`, `−∞`; with a comma where the language has one. */
export function inWords(number: number, language: string): string {
  const text = shown(number, Number.isInteger(number)).replace("-", "−").replace("inf", "∞");
  const [mantissa, exponent] = text.split("e") as [string, string?];
  const local = usesComma(language) ? mantissa.replace(".", ",") : mantissa;
  return exponent === undefined ? local : `${local}×10${raised(exponent)}`;
}

/** A share as `10.6 %`; one that is neither nothing nor all is never written as if it were. */
export function percent(share: number, language: string): string {
  const write = (value: number, digits: number): string =>
    `${value.toLocaleString(language, { maximumFractionDigits: digits })} %`;
  const value = share * 100;
  if (!Number.isFinite(value)) return "NaN";
  if (share > 0 && value < 0.01) return `< ${write(0.01, 2)}`;
  if (share < 1 && value >= 99.95) return `> ${write(99.9, 1)}`;
  return write(value, value >= 10 ? 1 : 2);
}

function usesComma(language: string): boolean {
  return (1.5).toLocaleString(language).includes(",");
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function raised(exponent: string): string {
  return [...exponent].map((c) => (c === "-" || c === "−" ? "⁻" : RAISED[Number(c)]!)).join("");
}
