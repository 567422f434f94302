/**
 * Letting the model write: one token, or one after the other until the context is full.
 *
 * The next token depends on the logits, the settings and the position only, as in Python's
 * `run.generate`, so that stepping, running and going back give the same text.
 */
import { CutawayError } from "../bundle/errors";
import type { Values } from "../bundle/values";
import { words } from "../words";
import {
  chances,
  checkSampling,
  choose,
  GREEDY,
  type Chance,
  type Sampling,
} from "../formula/sampling";
import type { Page } from "./page.svelte";

/** Long enough between two tokens to see what each changes. */
const PACE_MS = 450;

export interface Prediction {
  readonly token: number;
  readonly text: string;
  /** What the model says, from its own probabilities. */
  readonly probability: number;
  /** The chance of being chosen under the settings. */
  readonly chance: number;
}

export class Generation {
  sampling = $state.raw<Sampling>(GREEDY);
  /** Whether a token is being written after the other. */
  writing = $state(false);

  constructor(private readonly page: Page) {}

  get isFull(): boolean {
    const { model, prompt, decoder } = this.page;
    if (model === undefined) return false;
    return (model.spec.decoder === null ? prompt : decoder).length >= model.spec.context;
  }

  /** Takes the settings; null, or the sentence that refuses them. */
  set(sampling: Sampling): string | null {
    try {
      checkSampling(sampling);
    } catch (error) {
      if (error instanceof CutawayError) return error.message;
      throw error;
    }
    this.sampling = sampling;
    return null;
  }

  /** The most likely tokens after `place` (of a model that fills in hidden ones: at it), at most `count`. */
  predictions(values: Values, count: number, place: number): Prediction[] {
    const { probabilities, vocabulary } = values.model.spec;
    const row = rowAt(values, probabilities, place);
    const logits = rowAt(values, values.model.spec.logits, place);
    if (!row || !logits) return [];
    const likely = chances(logits, this.sampling);
    const byToken = new Map(likely.map((each: Chance) => [each.token, each.probability]));
    const ids = [...row.keys()];
    // A small vocabulary keeps its order, so that bars do not jump about while one types.
    const shown =
      ids.length <= count ? ids : ids.sort((a, b) => row[b]! - row[a]! || a - b).slice(0, count);
    return shown.map((token) => ({
      token,
      text: vocabulary.tokens?.[token] ?? values.nextText(token) ?? `#${token}`,
      probability: row[token]!,
      chance: byToken.get(token) ?? 0,
    }));
  }

  /** Appends the token that the settings choose. False when there was no room or the run failed. */
  async step(): Promise<boolean> {
    const { page } = this;
    const { values, model } = page;
    if (!values || !model) return false;
    const position = values.lengths[model.written] ?? 0;
    const logits = rowAt(values, model.spec.logits, position - 1);
    if (!logits) {
      page.notices.say(words.notices.noValues);
      return false;
    }
    if (this.isFull) {
      const { context } = model.spec;
      page.notices.say(words.notices.fullContext(context));
      return false;
    }
    const next = choose(logits, this.sampling, position);
    const { tokens, decoder } = values;
    if (model.spec.decoder !== null) return page.run({ tokens, decoder: [...decoder, next] });
    return page.run({ tokens: [...tokens, next] });
  }

  /** Steps until the context is full, `stop` is called, or the prompt is changed by hand. */
  async write(): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    try {
      while (this.writing && !this.isFull && (await this.step())) {
        if (this.isFull) break;
        const shown = this.page.values;
        await new Promise((done) => setTimeout(done, PACE_MS));
        if (this.page.values !== shown || this.page.running) break;
      }
    } finally {
      this.writing = false;
    }
  }

  stop(): void {
    this.writing = false;
  }
}

/** The values of `name` at one token, one for each entry of the vocabulary. */
function rowAt(values: Values, name: string | null, place: number): number[] | null {
  if (name === null || place < 0) return null;
  const array = values.get(name);
  const length = array?.shape.at(-1);
  if (!array || !length || array.data.length < (place + 1) * length) return null;
  return Array.from(array.data.subarray(place * length, (place + 1) * length));
}
