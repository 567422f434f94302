/**
 * What the page says, in the language of its reader: `words.controls.help`.
 *
 * English is always there, for it is what is shown until another language has been fetched. Whoever
 * shows words reads them where they are shown (in markup or in `$derived`), not once and for all:
 * the language may change while one looks on.
 */
import { english, type Words } from "./en";

export type { Words } from "./en";

const LANGUAGES: Readonly<Record<string, () => Promise<Words>>> = {
  en: () => Promise.resolve(english),
  de: () => import("./de").then(({ german }) => german),
};

/** The languages there are, by what each calls itself. */
export const NAMES: Readonly<Record<string, string>> = { en: "English", de: "Deutsch" };

/** All words of a language. Throws when it cannot be fetched. */
export function wordsIn(language: string): Promise<Words> {
  return LANGUAGES[language]!();
}

/** A language there is, for `de`, `de-AT` or `DE`; null: there is none. */
export function known(tag: string | null | undefined): string | null {
  const language = tag?.toLowerCase().split("-")[0] ?? "";
  return Object.hasOwn(NAMES, language) ? language : null;
}

let current: () => Words = () => english;

/** From now on words come from `read`, which a page makes reactive. */
export function readFrom(read: () => Words): void {
  current = read;
}

/** The words of the language of the page. Pure: the worker, which says nothing, is built without them. */
export const words = /* @__PURE__ */ Object.defineProperties(
  {},
  /* @__PURE__ */ Object.fromEntries(
    /* @__PURE__ */ Object.keys(english).map((key) => [
      key,
      { get: () => current()[key as keyof Words] },
    ]),
  ),
) as Words;

/** What a role of a tensor is called. */
export function roleName(role: string): string {
  return (words.roles as Readonly<Record<string, string>>)[role] ?? role;
}
