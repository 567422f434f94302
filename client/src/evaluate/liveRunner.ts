/**
 * Running a model on another prompt in the browser itself, with no server behind the page.
 *
 * A worker computes; where workers are forbidden or fail to start, the page computes. At most one
 * prompt is under way and one waits: a newer one takes the place of the one that waits, so that a
 * burst of edits costs two runs and the last one is what shows.
 */
import {
  BundleError,
  infoOf,
  type LoadedModel,
  type Prompt,
  type ValueArray,
  type Values,
} from "../bundle";
import { words } from "../words";
import type { Answer, Request } from "./messages";
import { Plan } from "./plan";
import { startWorker } from "./startWorker";
import { hasWeights, weightsOf } from "./weights";

interface Asked {
  readonly tokens: readonly number[];
  readonly decoder: readonly number[];
  resolve(arrays: Map<string, ValueArray> | null): void;
  reject(error: Error): void;
}

export class LiveRunner {
  /** Milliseconds that the last forward pass took. */
  took = 0;
  private readonly weights: Map<string, ValueArray>;
  private worker: Worker | null;
  private plan: Plan | null = null;
  private current: Asked | null = null;
  private waiting: Asked | null = null;
  private latest = 0;

  constructor(
    private readonly model: LoadedModel,
    values: Values,
    /** Makes the worker; throws or gives null where there are none. */
    start: () => Worker | null = startWorker,
  ) {
    this.weights = weightsOf(model, values);
    this.worker = this.open(start);
  }

  /** Whether the page has every weight, which is all that a forward pass needs. */
  static canRun(model: LoadedModel, values: Values): boolean {
    return hasWeights(model, values);
  }

  get busy(): boolean {
    return this.current !== null;
  }

  /**
   * `values` with the run on `prompt`; null when a later call or `cancel` has made it stale.
   *
   * Throws BundleError for a prompt that the model cannot take.
   */
  async run(values: Values, prompt: Prompt): Promise<Values | null> {
    const tokens = tokensOf(prompt, this.model);
    const decoder = decoderOf(prompt, this.model);
    const id = ++this.latest;
    const arrays = await new Promise<Map<string, ValueArray> | null>((resolve, reject) => {
      this.waiting?.resolve(null);
      this.waiting = { tokens, decoder, resolve, reject };
      this.next();
    });
    if (arrays === null || id !== this.latest) return null;
    const info = infoOf(this.model, tokens, decoder);
    return values.withRun(arrays, info, words.files.thisRun);
  }

  cancel(): void {
    this.latest += 1;
    this.waiting?.resolve(null);
    this.waiting = null;
  }

  dispose(): void {
    this.cancel();
    this.worker?.terminate();
    this.worker = null;
  }

  private open(start: () => Worker | null): Worker | null {
    let worker: Worker | null = null;
    try {
      worker = start();
    } catch {
      return null; // The page computes instead.
    }
    worker?.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.receive(data));
    worker?.addEventListener("error", () => this.withoutWorker());
    worker?.postMessage({
      kind: "open",
      spec: this.model.spec,
      kinds: this.model.kinds,
      weights: this.weights,
    } satisfies Request);
    return worker;
  }

  private next(): void {
    if (this.current !== null || this.waiting === null) return;
    this.current = this.waiting;
    this.waiting = null;
    const { tokens, decoder } = this.current;
    if (this.worker === null) this.receive(this.compute(this.current));
    else
      this.worker.postMessage({ kind: "run", id: this.latest, tokens, decoder } satisfies Request);
  }

  private receive(answer: Answer): void {
    const asked = this.current;
    this.current = null;
    if (answer.kind === "failure") asked?.reject(new BundleError(answer.sentence));
    else {
      this.took = answer.took;
      asked?.resolve(answer.arrays);
    }
    this.next();
  }

  private compute({ tokens, decoder }: Asked): Answer {
    const id = this.latest;
    this.plan ??= new Plan(this.model, this.weights);
    try {
      const started = performance.now();
      const arrays = this.plan.run(tokens, decoder);
      return { kind: "values", id, arrays, took: performance.now() - started };
    } catch (error) {
      return { kind: "failure", id, sentence: (error as Error).message };
    }
  }

  /** The worker has failed to start: what it was asked is computed here. */
  private withoutWorker(): void {
    this.worker?.terminate();
    this.worker = null;
    if (this.current !== null) this.receive(this.compute(this.current));
  }
}

function tokensOf(prompt: Prompt, model: LoadedModel): readonly number[] {
  return fitting("tokens" in prompt ? prompt.tokens : tokensOfText(prompt.text, model), model);
}

/** What the decoder reads: nothing where there is none. */
function decoderOf({ decoder }: Prompt, model: LoadedModel): readonly number[] {
  const { spec } = model;
  if (spec.decoder === null) return [];
  const start = spec.decoder_prompt.slice(0, 1);
  if (decoder === undefined) return start;
  const written =
    typeof decoder === "string" ? [...start, ...tokensOfText(decoder, model)] : decoder;
  return fitting(written, model);
}

/** Without the texts of its tokens a model is given their ids, as Python takes them: between spaces or commas. */
function tokensOfText(text: string, { spec }: LoadedModel): readonly number[] {
  const { tokens: known, size } = spec.vocabulary;
  if (known == null) {
    const typed = text.split(/[\s,]+/).filter(Boolean);
    const wrong = typed.find((each) => !/^\d{1,15}$/.test(each) || Number(each) >= size);
    if (wrong !== undefined) throw new BundleError(words.files.noId(wrong, size));
    return typed.map(Number);
  }
  return [...text].map((letter) => {
    const token = known.indexOf(letter);
    if (token < 0) throw new BundleError(words.files.noLetter(letter, known.join(" ")));
    return token;
  });
}

/** Tokens that the model can read. Throws BundleError for none, and for more than its context holds. */
function fitting(tokens: readonly number[], { spec }: LoadedModel): readonly number[] {
  if (tokens.length > 0 && tokens.length <= spec.context) return tokens;
  throw new BundleError(words.files.length(tokens.length, spec.context));
}
