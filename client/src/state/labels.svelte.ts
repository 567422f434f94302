/**
 * What models say about themselves, as it is to be read: in the language of a tour while one is open, else
 * in that of the page; the bundle's English where nothing else is known.
 */
import { words } from "../words";
import { PhraseBook } from "./phraseBook";

type Labels = Readonly<Record<string, string>>;

let ofPage = $state.raw(new PhraseBook({}));
let ofTour = $state.raw<Labels>({});
/** The language of a tour that is told in another one than that of the page, whose words would be out of place. */
let foreign = $state<string | null>(null);

/** A text of the bundle, as it is to be read. */
export function labelled(english: string): string {
  return ofTour[english] ?? (foreign !== null ? english : ofPage.say(english, words.code));
}

/** The label of a module, which may end with the number of its layer. */
export function labelledLayer(english: string): string {
  const [, label, number] = /^(.*?)( \d+)?$/.exec(english)!;
  return labelled(label!) + (number ?? "");
}

/** Where a given value was read from: what stands before the name of the array there, or all of it, is in words. */
export function labelledOrigin(english: string): string {
  const [, where, rest] = /^([^:[]+)(.*)$/s.exec(english) ?? ["", "", english];
  return labelled(where!) + rest;
}

/** All labels that are not to be read as they are. */
export function labels(): Labels {
  return foreign !== null ? ofTour : { ...ofPage.texts, ...ofTour };
}

/** What models say in the language of the page, by the English text. */
export function learn(phrases: Labels): void {
  ofPage = new PhraseBook(phrases);
}

/** Other words for labels while a tour is open, told in a language; none: those of the page. */
export function speak(labels: Labels, language = words.code): void {
  ofTour = labels;
  foreign = language === words.code ? null : language;
}

/** The language that labels are in, and so the numbers beside them. */
export function languageOfLabels(): string {
  return foreign ?? words.code;
}
