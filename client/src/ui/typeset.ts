/**
 * Formulas as elements, each TeX typeset once: moving the pointer from cell to cell of a tensor only
 * replaces the texts in the slots of a formula that is there already.
 */
import type katexModule from "katex";
import { local } from "./numbers";

type Katex = typeof katexModule;

let loading: Promise<Katex> | undefined;

/** KaTeX with its style sheet, fetched when something is to be typeset for the first time. */
export function loadKatex(): Promise<Katex> {
  loading ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(
    ([module]) => module.default,
  );
  return loading;
}

/** A formula that is typeset. */
interface Typeset {
  readonly element: HTMLElement;
  /** The element of each slot; a slot may be written at several places. */
  readonly slots: HTMLElement[][];
  readonly texts: string[];
}

/** Formulas kept ready; more than one model's worth of tensors would never be looked at again. */
const KEPT = 200;

export class Typesetter {
  private readonly kept = new Map<string, Typeset>();

  constructor(private readonly katex: Katex) {}

  /** The formula with its slots filled in. The same element each time for the same `tex`. */
  formula(english: string, texts: readonly string[] = []): HTMLElement {
    // A comma in braces is part of a number, not a sign between two of them.
    const point = local(".");
    const tex = point === "." ? english : english.replace(/(?<=\d)\.(?=\d)/g, `{${point}}`);
    let typeset = this.kept.get(tex);
    if (typeset === undefined) {
      typeset = this.typeset(tex, texts.length);
      if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
      this.kept.set(tex, typeset);
    }
    for (const [slot, number] of texts.entries()) {
      const text = local(number);
      if (typeset.texts[slot] === text) continue;
      typeset.texts[slot] = text;
      for (const element of typeset.slots[slot]!) element.textContent = text;
    }
    return typeset.element;
  }

  /**
   * Only classes are trusted, and a formula that cannot be typeset shows its source: that is no
   * reason to hide the rest of the explanation.
   */
  private typeset(tex: string, slotCount: number): Typeset {
    const element = document.createElement("span");
    element.className = "typeset";
    this.katex.render(tex, element, {
      output: "html",
      throwOnError: false,
      strict: false,
      trust: ({ command }) => command === "\\htmlClass",
    });
    const slots = Array.from({ length: slotCount }, (_, slot) => [
      ...element.querySelectorAll<HTMLElement>(`.slot-${slot}`),
    ]);
    return { element, slots, texts: [] };
  }
}
