/**
 * The run that a visitor sees first, where the bundle leaves it to the browser: a static page then
 * fetches the weights only, and what follows from them is computed here, before the first picture.
 */
import { BundleError } from "../bundle/errors";
import type { LoadedModel } from "../bundle/model";
import { infoOf } from "../bundle/prompt";
import type { Values } from "../bundle/values";
import { words } from "../words";

/** Whether the bundle holds weights and a prompt, but no run on it. */
export function needsFirstRun({ spec }: LoadedModel): boolean {
  return spec.weights !== null && spec.run === null && spec.prompt.length > 0;
}

/** Fetches what computes runs; call it early, for it is fetched beside the weights. */
export const evaluator = () => import("../evaluate");

/** `values` with the run on the model's own prompt, computed in the page. */
export async function withFirstRun(values: Values): Promise<Values> {
  const { model } = values;
  const { name, prompt, decoder_prompt: decoder } = model.spec;
  const { Plan, weightsOf } = await evaluator().catch((cause: unknown) => {
    throw new BundleError(words.notices.noFirstRun, { cause });
  });
  const arrays = new Plan(model, weightsOf(model, values)).run(prompt, decoder);
  return values.withRun(arrays, infoOf(model, prompt, decoder), words.files.firstRun(name));
}
