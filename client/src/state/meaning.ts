/** What a position stands for where it has a text: the token at `t`, the entry `v` of the vocabulary. */
import type { LoadedModel } from "../bundle/model";
import type { Values } from "../bundle/values";
import type { Axis } from "../bundle/wire";
import { visibleToken } from "../scene/format";

export function meaningOf(
  model: LoadedModel,
  values: Values | undefined,
  axis: Axis,
  position: number,
): string | null {
  const texts = axis.length_of === null ? undefined : values?.textsOf[axis.length_of];
  const text = texts
    ? texts[position]
    : isVocabularyAxis(model, axis)
      ? (model.spec.vocabulary.tokens?.[position] ?? values?.nextText(position))
      : undefined;
  return text === undefined ? null : visibleToken(text);
}

/** The text of a value that is a token id. */
export function tokenOf(model: LoadedModel, tensor: string, value: number | null): string | null {
  const { tokens, decoder } = model.spec;
  if (value === null || (tensor !== tokens && tensor !== decoder)) return null;
  const text = model.spec.vocabulary.tokens?.[value];
  return text === undefined ? null : visibleToken(text);
}

/** The kind is the model's own: that of the last axis of the logits. */
function isVocabularyAxis(model: LoadedModel, { kind }: Axis): boolean {
  const { logits } = model.spec;
  return logits !== null && kind === model.tensor(logits).axes.at(-1)?.kind;
}
