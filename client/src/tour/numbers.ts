/** Numbers of the run as the text of a tour shows them. */
import type { Values, wire } from "../bundle";
import { evaluate, shown } from "../formula";

export function written(
  [, value, format]: wire.RunNumber,
  values: Values,
  language: string,
): string {
  if (format === "prompt") return values.texts.join("");
  const number = evaluate(value, values);
  switch (format) {
    case "percent":
      return `${percent(number, language)} %`;
    case "count":
      return Math.round(number).toLocaleString(language);
    case "token":
      return values.model.spec.vocabulary.tokens?.[number] ?? `#${number}`;
  }
  return shown(number, Number.isInteger(number)).replace("-", "−").replace("inf", "∞");
}

function percent(share: number, language: string): string {
  const value = share * 100;
  const digits = value >= 99.95 || value === 0 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toLocaleString(language, { maximumFractionDigits: digits });
  return share < 1 && value >= 99.95 ? `> ${(99.9).toLocaleString(language)}` : text;
}
