/**
 * Inputs beside the prompt, such as the segments of a run from Python. The page runs other prompts without
 * them, and has to say so.
 */
import type { Values } from "../bundle/values";

/** The labels of those that `before` was given and that are 0 throughout in `after`. */
export function fallenBack(before: Values, after: Values): string[] {
  const { tensors, tokens, decoder } = after.model.spec;
  const isGiven = (values: Values, name: string): boolean =>
    values.get(name)?.data.some((each) => each !== 0) ?? false;
  return tensors
    .filter(({ role, name }) => role === "input" && name !== tokens && name !== decoder)
    .filter(({ name }) => isGiven(before, name) && !isGiven(after, name))
    .map(({ label }) => label);
}
