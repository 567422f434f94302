/** What a position stands for where it has a text: the token at `t`, the entry `v` of the vocabulary. */
import type { LoadedModel } from "../bundle/model";
import type { Values } from "../bundle/values";
import type { Axis, Expr } from "../bundle/wire";
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
      ? (model.spec.vocabulary.tokens?.[position] ?? values?.textOf(position))
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

/** The kind is the model's own: that of the last axis of the logits, or of a table that tokens are looked up in. */
function isVocabularyAxis(model: LoadedModel, { kind }: Axis): boolean {
  const { logits } = model.spec;
  if (logits !== null) return kind === model.tensor(logits).axes.at(-1)?.kind;
  let known = looked.get(model);
  if (known === undefined) {
    known = new Set();
    for (const { formula } of model.spec.tensors)
      if (formula) collectLookedUp(model, formula, known);
    looked.set(model, known);
  }
  return known.has(kind);
}

const looked = new WeakMap<LoadedModel, Set<string>>();

/** The kinds of the axes that a formula goes along by a token of the prompt. */
function collectLookedUp(model: LoadedModel, node: Expr, found: Set<string>): void {
  if (node[0] === "reduce") collectLookedUp(model, node[3], found);
  if (node[0] !== "cell" && node[0] !== "apply") return;
  node[2].forEach((child, i) => {
    const isToken = child[0] === "cell" && child[1] === model.spec.tokens;
    if (isToken && node[0] === "cell" && model.has(node[1])) {
      found.add(model.tensor(node[1]).axes[i]!.kind);
    }
    collectLookedUp(model, child, found);
  });
}
