/** Running a model on another prompt, by asking the server behind the bundle. */
import { words } from "../words";
import { BundleError } from "./errors";
import { fetchBytes, isAbort } from "./fetch";
import { runInfo, type LoadedBundle } from "./load";
import type { LoadedModel } from "./model";
import type { Prompt } from "./prompt";
import { parseSafetensors } from "./safetensors";
import type { Values } from "./values";
import type * as wire from "./wire";

/**
 * Asks for runs of one model. Only the latest request counts: an earlier one that is still under way
 * is aborted, and its answer is dropped even if it arrives.
 */
export class Runner {
  private readonly endpoint: URL;
  private pending: AbortController | null = null;

  /** Throws BundleError when nothing behind the bundle can run models; see `canRun`. */
  constructor(
    { base, bundle }: Pick<LoadedBundle, "base" | "bundle">,
    private readonly model: LoadedModel,
  ) {
    const path = bundle.capabilities.run;
    if (path == null) {
      throw new BundleError(words.files.noServer);
    }
    this.endpoint = new URL(path, base);
  }

  static canRun(bundle: wire.Bundle): boolean {
    return bundle.capabilities.run != null;
  }

  get busy(): boolean {
    return this.pending !== null;
  }

  /**
   * `values` with the run on `prompt`; null when a later call or `cancel` has made it stale.
   *
   * Throws BundleError with the server's own sentence when it refuses the prompt.
   */
  async run(values: Values, prompt: Prompt): Promise<Values | null> {
    this.cancel();
    const request = new AbortController();
    this.pending = request;
    const body: wire.RunRequest = { model: this.model.spec.name, ...prompt };
    const what = words.files.thisRun;
    try {
      const bytes = await fetchBytes(what, this.endpoint, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: request.signal,
      });
      if (request.signal.aborted) return null;
      const file = parseSafetensors(bytes, what);
      return values.withRun(file.arrays, runInfo(file, what), what);
    } catch (error) {
      if (isAbort(error) || request.signal.aborted) return null;
      throw error;
    } finally {
      if (this.pending === request) this.pending = null;
    }
  }

  cancel(): void {
    this.pending?.abort();
    this.pending = null;
  }
}
