/** A line of tokens that can be typed: the prompt, or what the decoder has written. */
import { words } from "../words";
import type { Page } from "./page.svelte";

export interface Line {
  readonly name: "prompt" | "decoder";
  readonly label: string;
  /** Token ids, without a start token that cannot be taken away. */
  readonly tokens: readonly number[];
  readonly texts: readonly string[];
  /** What one types to get these tokens; null: the texts, one after the other. */
  readonly text: string | null;
  /** How many tokens fit. */
  readonly room: number;
  readonly mayBeEmpty: boolean;
  /** False when it failed or a later prompt overtook it. */
  run(text: string): Promise<boolean>;
}

/** The prompt of the current model. */
export function promptLine(page: Page, context: number): Line {
  return {
    name: "prompt",
    label: words.prompt.name,
    tokens: page.prompt,
    texts: page.values?.texts ?? [],
    text: page.values?.text ?? null,
    room: context,
    mayBeEmpty: false,
    run: (text) => page.run({ text }),
  };
}

/** What its decoder has written behind the start token; null for models without one. */
export function decoderLine(page: Page): Line | null {
  const spec = page.model?.spec;
  if (!spec || spec.decoder === null) return null;
  const begins = page.decoder[0] === spec.decoder_prompt[0] ? 1 : 0;
  return {
    name: "decoder",
    label: words.prompt.decoder,
    tokens: page.decoder.slice(begins),
    texts: (page.values?.textsOf[spec.decoder] ?? []).slice(begins),
    text: page.values?.decoderText ?? null,
    room: spec.context - begins,
    mayBeEmpty: true,
    run: (text) => page.run({ tokens: [...page.prompt], decoder: text }),
  };
}
