/**
 * The language of the page: the one that its address asks for, else the one chosen on an earlier visit,
 * else the first of the browser's that there is, else English.
 */
import { english } from "../words/en";
import { known, NAMES, readFrom, words, wordsIn, type Words } from "../words";
import type { Notices } from "./notices.svelte";
import { remember, remembered } from "./remembered";

const KEY = "cutaway.language";

let spoken = $state.raw<Words>(english);
readFrom(() => spoken);

/** Which language to begin with; `asked`: what the address says. */
export function preferredLanguage(asked: string | undefined): string {
  const wanted = [asked, remembered(KEY), ...navigator.languages];
  return wanted.map(known).find((language) => language !== null) ?? "en";
}

/** Has the page speak a language. False: it could not be fetched, and nothing has changed. */
export async function speak(language: string): Promise<boolean> {
  try {
    spoken = await wordsIn(language);
  } catch {
    return false;
  }
  document.documentElement.lang = language;
  return true;
}

export class LanguageChoice {
  /** What was chosen, in the address or here, so that links keep it. */
  chosen = $state<string | null>(null);

  constructor(asked: string | undefined) {
    this.chosen = known(asked);
  }

  get current(): string {
    return spoken.code;
  }

  /** For this page and the next ones. */
  async choose(language: string, notices: Notices): Promise<void> {
    if (!(await speak(language))) return notices.say(words.notices.noLanguage(NAMES[language]!));
    this.chosen = language;
    remember(KEY, language);
  }
}
