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
  const text = isTokenAxis(model, axis)
    ? values?.texts[position]
    : isVocabularyAxis(model, axis)
      ? model.spec.vocabulary.tokens?.[position]
      : undefined;
  return text === undefined ? null : visibleToken(text);
}

/** The text of a value that is a token id. */
export function tokenOf(model: LoadedModel, tensor: string, value: number | null): string | null {
  if (tensor !== model.spec.tokens || value === null) return null;
  const text = model.spec.vocabulary.tokens?.[value];
  return text === undefined ? null : visibleToken(text);
}

/** The kinds are the model's own: that of the axis of the prompt, and of the last one of the logits. */
function isTokenAxis(model: LoadedModel, { kind, dynamic }: Axis): boolean {
  return dynamic && kind === model.tensor(model.spec.tokens).axes[0]?.kind;
}

function isVocabularyAxis(model: LoadedModel, { kind }: Axis): boolean {
  return kind === model.tensor(model.spec.logits).axes.at(-1)?.kind;
}
