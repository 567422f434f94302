/**
 * One model that stands in the scene: its values, its prompt, and who runs it on another one.
 *
 * The page holds one of these for each model that is open; dropping it frees the values.
 */
import { breath } from "../bundle/breath";
import { evaluator, needsFirstRun, withFirstRun } from "./firstRun";
import type { FetchOptions } from "../bundle/fetch";
import { loadValues, type LoadedBundle } from "../bundle/load";
import type { LoadedModel } from "../bundle/model";
import type { Prompt } from "../bundle/prompt";
import type { Values } from "../bundle/values";
import { words } from "../words";
import type { Notices } from "./notices.svelte";
import { lettersOf, type Letters } from "./prompt";
import { runnerFor, type PromptRunner } from "./runners";

export class Opened {
  values: Values = $state.raw(null!);
  /** Token ids as typed; while a run is under way they are ahead of those of `values`. */
  prompt = $state.raw<readonly number[]>([]);
  /** What the decoder has written, where there is one; the same holds of it. */
  decoder = $state.raw<readonly number[]>([]);
  running = $state(false);
  readonly letters: Letters | null;

  constructor(
    readonly model: LoadedModel,
    /** The values that came with the bundle: the run on its first prompt. */
    readonly first: Values,
    private readonly runner: PromptRunner | null,
    private readonly notices: Notices,
  ) {
    this.values = first;
    this.prompt = first.tokens;
    this.decoder = first.decoder;
    this.letters = lettersOf(model.spec.vocabulary);
  }

  /** A model as it is at first, with its weights and the run of its first prompt, as far as it has them. */
  static async from(
    loaded: LoadedBundle,
    model: LoadedModel,
    notices: Notices,
    options: FetchOptions = {},
  ): Promise<Opened> {
    const isComputed = needsFirstRun(model);
    if (isComputed) evaluator().catch(() => undefined); // fetched beside the weights, awaited below
    let values = await loadValues(loaded.base, model, options);
    await breath();
    if (isComputed) {
      values = await withFirstRun(values);
      await breath();
    }
    return new Opened(model, values, runnerFor(loaded, model), notices);
  }

  get name(): string {
    return this.model.spec.name;
  }

  get canRun(): boolean {
    return this.runner !== null;
  }

  /** Whether there are numbers, not structure alone. */
  get hasValues(): boolean {
    return this.values.tokens.length > 0;
  }

  get isFirst(): boolean {
    return this.values === this.first;
  }

  /**
   * The values on another prompt, not yet shown; null when it failed, which is said, or a later prompt
   * overtook it.
   */
  async run(asked: Prompt): Promise<Values | null> {
    const { first } = this;
    const decoder = asked.decoder ?? [...this.decoder];
    const prompt: Prompt =
      this.model.spec.decoder === null
        ? { ...asked, decoder: undefined } // whoever asks for all models alike names it too
        : { ...asked, decoder };
    if (typeof decoder !== "string") this.decoder = decoder;
    if ("tokens" in prompt) {
      this.prompt = prompt.tokens;
      if (
        prompt.tokens.join() === first.tokens.join() &&
        String(decoder) === String(first.decoder)
      ) {
        this.runner?.cancel();
        return first;
      }
    }
    if (!this.runner) {
      this.takeFrom(this.values);
      this.notices.say(words.notices.fixedPrompt);
      return null;
    }
    this.running = true;
    return this.runner.run(this.values, prompt);
  }

  /** Runs the prompt of the same model drawn for another number of tokens, as far as it fits. */
  async runAs({ isFirst, values }: Opened): Promise<void> {
    const { context } = this.model.spec;
    if (isFirst || Math.max(values.tokens.length, values.decoder.length) > context) return;
    const next = await this.run({ tokens: values.tokens, decoder: values.decoder });
    if (next) this.show(next);
  }

  show(values: Values): void {
    this.values = values;
    this.takeFrom(values);
    this.running = false;
  }

  private takeFrom(values: Values): void {
    this.prompt = values.tokens;
    this.decoder = values.decoder;
  }

  /** After a run that failed: back to what is shown. */
  giveUp(): void {
    this.running = false;
    this.takeFrom(this.values);
  }

  dispose(): void {
    this.runner?.cancel();
    this.runner?.dispose?.();
  }
}
