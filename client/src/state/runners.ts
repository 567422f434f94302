/**
 * Who runs a model on another prompt: the server behind the bundle, else the page itself; nobody
 * when there is neither a server nor weights.
 */
import { BundleError } from "../bundle/errors";
import type { LoadedBundle } from "../bundle/load";
import type { LoadedModel } from "../bundle/model";
import type { Prompt } from "../bundle/prompt";
import { Runner } from "../bundle/runner";
import type { Values } from "../bundle/values";
import type { LiveRunner } from "../evaluate";
import { words } from "../words";

export interface PromptRunner {
  /** `values` with the run on `prompt`; null when a later call or `cancel` has made it stale. */
  run(values: Values, prompt: Prompt): Promise<Values | null>;
  cancel(): void;
  dispose?(): void;
}

export function runnerFor(loaded: LoadedBundle, model: LoadedModel): PromptRunner | null {
  // Well-known models of the catalogue are not the server's to run; its own, drawn for another number of tokens, are.
  const isOwn = loaded.models.includes(model) || model.spec.weights !== null;
  if (isOwn && Runner.canRun(loaded.bundle)) return new Runner(loaded, model);
  return model.spec.weights === null ? null : new LateRunner(model);
}

/** Evaluates in the browser; the code for it is fetched with the first prompt. */
export class LateRunner implements PromptRunner {
  private live: Promise<LiveRunner> | null = null;
  private latest = 0;

  constructor(
    private readonly model: LoadedModel,
    private readonly fetched = () => import("../evaluate"),
  ) {}

  async run(values: Values, prompt: Prompt): Promise<Values | null> {
    const id = ++this.latest;
    this.live ??= this.start(values);
    const live = await this.live;
    return id === this.latest ? live.run(values, prompt) : null;
  }

  cancel(): void {
    this.latest += 1;
    void this.live?.then((live) => live.cancel());
  }

  dispose(): void {
    this.cancel();
    void this.live?.then((live) => live.dispose());
  }

  private async start(values: Values): Promise<LiveRunner> {
    try {
      const { LiveRunner } = await this.fetched();
      return new LiveRunner(this.model, values);
    } catch (error) {
      this.live = null;
      throw new BundleError(words.notices.noRunner, { cause: error });
    }
  }
}
