/**
 * Editing a prompt letter by letter, for models whose tokens are single letters.
 *
 * Every function returns the new prompt and the position to type at next, or the sentence that
 * says why the edit is refused. Nothing here knows about the page.
 */
import type { Vocabulary } from "../bundle/wire";
import { words } from "../words";

export type Edit =
  { readonly tokens: number[]; readonly at: number } | { readonly refused: string };

export interface Letters {
  /** The letter of every token id. */
  readonly texts: readonly string[];
  /** Token id of a letter; of its other case too, where only one case is in the vocabulary. */
  readonly ids: ReadonlyMap<string, number>;
}

/** None when the vocabulary is absent, large, or has tokens that are not single letters. */
export function lettersOf(vocabulary: Vocabulary, largest = 128): Letters | null {
  const texts = vocabulary.tokens;
  if (!texts || texts.length > largest) return null;
  const ids = new Map(texts.map((text, id) => [text, id]));
  if (ids.size !== texts.length || !texts.every((text) => [...text].length === 1)) return null;
  for (const [text, id] of [...ids]) {
    for (const other of [text.toLowerCase(), text.toUpperCase()]) {
      if (!ids.has(other)) ids.set(other, id);
    }
  }
  return { texts, ids };
}

/** Types over the letters from `at` on; at the end it appends. */
export function typeAt(
  tokens: readonly number[],
  at: number,
  typed: string,
  letters: Letters,
  context: number,
): Edit {
  const ids: number[] = [];
  for (const letter of typed) {
    const id = letters.ids.get(letter);
    if (id === undefined) return { refused: unknownLetter(letter, letters) };
    ids.push(id);
  }
  const edited = [...tokens.slice(0, at), ...ids, ...tokens.slice(at + ids.length)];
  if (edited.length > context) {
    return { refused: words.prompt.holds(context) };
  }
  return { tokens: edited, at: at + ids.length };
}

/** Removes the letter at `at`. */
export function removeAt(tokens: readonly number[], at: number): Edit {
  if (at < 0 || at >= tokens.length) return { tokens: [...tokens], at };
  if (tokens.length === 1) {
    return { refused: words.prompt.needsLetter };
  }
  return { tokens: tokens.filter((_, i) => i !== at), at };
}

/** The whole prompt from text, as it stands in a link or comes from the clipboard. */
export function promptFromText(text: string, letters: Letters, context: number): Edit {
  if (text === "") return { refused: words.prompt.needsToken };
  return typeAt([], 0, text, letters, context);
}

export function textFromPrompt(tokens: readonly number[], letters: Letters): string {
  return tokens.map((id) => letters.texts[id] ?? "").join("");
}

function unknownLetter(letter: string, { texts }: Letters): string {
  const shown = texts.length > 24 ? [...texts.slice(0, 24), "…"] : [...texts];
  const last = shown.pop();
  const all = shown.length > 0 ? `${shown.join(", ")} ${words.prompt.or} ${last}` : `${last}`;
  const name = letter.trim() === "" ? words.prompt.aSpace : `“${letter}”`;
  return words.prompt.unknown(name, all);
}
