/** Phrases of another language by the English text, some with places for what differs: `{} of {} for each token`. */
export class PhraseBook {
  /** The longest first: what says more about a text fits it better. */
  private readonly patterns: readonly { readonly like: RegExp; readonly text: string }[];
  private readonly known = new Map<string, string>();

  constructor(readonly texts: Readonly<Record<string, string>>) {
    this.patterns = Object.entries(texts)
      .filter(([english]) => english.includes("{}"))
      .sort(([a], [b]) => b.length - a.length)
      .map(([english, text]) => ({ like: patternOf(english), text }));
  }

  /** The text in this language; English where there is no phrase for it. Places are said for themselves. */
  say(english: string, language: string): string {
    const exact = this.texts[english] ?? this.known.get(english);
    if (exact !== undefined) return exact;
    const said = this.fitted(english, language);
    this.known.set(english, said);
    return said;
  }

  private fitted(english: string, language: string): string {
    for (const { like, text } of this.patterns) {
      const found = like.exec(english);
      if (!found) continue;
      const places = found.slice(1).map((place) => this.place(place, language));
      return text.replaceAll("{}", () => places.shift()!);
    }
    const parts = english.split("; ");
    if (parts.length === 1) return english;
    return parts.map((part) => this.say(part, language)).join("; ");
  }

  /** A number is written as the language has it. */
  private place(text: string, language: string): string {
    if (!/^\d{1,3}(,\d{3})*(\.\d+)?$/.test(text)) return this.say(text, language);
    const digits = text.split(".")[1]?.length ?? 0;
    const isGrouped = text.includes(",");
    return Number(text.replaceAll(",", "")).toLocaleString(language, {
      useGrouping: isGrouped,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }
}

function patternOf(english: string): RegExp {
  const parts = english.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("([^;]+?)")}$`);
}
