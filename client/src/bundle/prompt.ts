/** What a model is run on: a prompt, and where it has a decoder of its own what that has written so far. */
import type { LoadedModel } from "./model";
import type * as wire from "./wire";

export type Prompt = ({ readonly tokens: number[] } | { readonly text: string }) & {
  /** Token ids as they are, or a text behind the start token; absent: the start token. */
  readonly decoder?: number[] | string;
};

/** The description of a run on these tokens, with the texts that the bundle lists. */
export function infoOf(
  { spec }: LoadedModel,
  tokens: readonly number[],
  decoder: readonly number[],
): wire.RunInfo {
  const textsOf = (ids: readonly number[]): string[] =>
    ids.map((id) => spec.vocabulary.tokens?.[id] ?? String(id));
  const info = { model: spec.name, tokens: [...tokens], texts: textsOf(tokens) };
  const lengths = { [spec.tokens]: tokens.length };
  if (spec.decoder === null) return { ...info, lengths };
  return {
    ...info,
    lengths: { ...lengths, [spec.decoder]: decoder.length },
    decoder: [...decoder],
    decoder_texts: textsOf(decoder),
  };
}
