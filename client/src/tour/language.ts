/** Which of its languages a tour is told in: the one asked for last, else the browser's, else its first. */
import { remember, remembered } from "../state/remembered";

const KEY = "cutaway-tour-language";
const NAMES: Readonly<Record<string, string>> = { en: "English", de: "Deutsch" };

export function preferredLanguage(known: readonly string[]): string {
  const asked = new URLSearchParams(location.hash.slice(1)).get("lang");
  const wanted = [asked, remembered(KEY), navigator.language.slice(0, 2)];
  return wanted.find((name) => name !== null && known.includes(name)) ?? known[0]!;
}

export function rememberLanguage(language: string): void {
  remember(KEY, language);
}

export function nameOfLanguage(language: string): string {
  return NAMES[language] ?? language;
}
