import { describe, expect, it, vi } from "vitest";
import type { LoadedBundle } from "../bundle/load";
import { LoadedModel } from "../bundle/model";
import { Runner } from "../bundle/runner";
import type { Values } from "../bundle/values";
import { LateRunner, runnerFor } from "./runners";
import { sample, sampleSpec } from "./sample";

const bundle = (run: string | null) =>
  ({
    base: new URL("http://localhost/"),
    bundle: { capabilities: { run } },
    models: [sample],
  }) as unknown as LoadedBundle;
const values = {} as Values;

describe("who runs a prompt", () => {
  it("is the server where there is one", () => {
    expect(runnerFor(bundle("api/run"), sample)).toBeInstanceOf(Runner);
  });

  it("is the page where it has the weights, else nobody", () => {
    const withWeights = new LoadedModel({ ...sampleSpec, weights: "weights.safetensors" });
    expect(runnerFor(bundle(null), withWeights)).toBeInstanceOf(LateRunner);
    expect(runnerFor(bundle(null), sample)).toBeNull();
  });
});

describe("running in the page", () => {
  function fake(fetched = 0) {
    const run = vi.fn(async (_: Values, prompt: unknown) => prompt);
    const LiveRunner = class {
      run = run;
      cancel(): void {}
    };
    const fetching = vi.fn(async () => {
      if (fetching.mock.calls.length <= fetched) throw new Error("offline");
      return { LiveRunner } as never;
    });
    return { run, fetching, runner: new LateRunner(sample, fetching) };
  }

  it("fetches the evaluator once, and runs only the latest of what was asked meanwhile", async () => {
    const { run, fetching, runner } = fake();
    const asked = [[0], [1], [2]].map((tokens) => runner.run(values, { tokens }));
    expect(await Promise.all(asked)).toEqual([null, null, { tokens: [2] }]);
    expect(fetching).toHaveBeenCalledTimes(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("drops what was cancelled", async () => {
    const { runner } = fake();
    const asked = runner.run(values, { tokens: [0] });
    runner.cancel();
    expect(await asked).toBeNull();
  });

  it("says so when the evaluator cannot be fetched, and tries again", async () => {
    const { runner } = fake(1);
    await expect(runner.run(values, { tokens: [0] })).rejects.toThrow("could not be fetched");
    expect(await runner.run(values, { tokens: [1] })).toEqual({ tokens: [1] });
  });
});
