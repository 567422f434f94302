/** Which of its languages a tour is told in: the one chosen for tours, else the page's. */
import { forget, remember, remembered } from "../state/remembered";
import { NAMES, words } from "../words";

const KEY = "cutaway-tour-language";

export function preferredLanguage(known: readonly string[]): string {
  const wanted = [remembered(KEY), words.code];
  return wanted.find((name) => name !== null && known.includes(name)) ?? known[0]!;
}

export function rememberLanguage(language: string): void {
  remember(KEY, language);
}

/** Tours follow the page again. */
export function forgetLanguage(): void {
  forget(KEY);
}

export function nameOfLanguage(language: string): string {
  return NAMES[language] ?? language;
}
