/** Signs that a line must not begin with: they stay with what they follow, which may be a button or a formula. */
import type { wire } from "../bundle";

/** A piece of a text, with the signs that follow it at once. */
export interface Glued {
  readonly piece: wire.Inline;
  readonly signs: string;
}

const SIGNS = /^[.,;:!?)\]”’"…]+/;

/** The pieces of a text; signs behind a reference or a formula are taken from the words that begin with them. */
export function glued(content: readonly wire.Inline[]): Glued[] {
  const found: Glued[] = [];
  let taken = "";
  for (const [i, piece] of content.entries()) {
    const own = typeof piece === "string" ? piece.slice(taken.length) : piece;
    taken = "";
    const next = content[i + 1];
    if (isBox(piece) && typeof next === "string") taken = SIGNS.exec(next)?.[0] ?? "";
    if (own !== "") found.push({ piece: own, signs: taken });
  }
  return found;
}

/** Whether a browser sees it as a box, and would begin a new line between it and a full stop. */
function isBox(piece: wire.Inline): boolean {
  return typeof piece !== "string" && (piece[0] === "ref" || (piece[0] === "tex" && !piece[2]));
}
