/** Runs in the page and in a worker-like partner that answers later: the last prompt is what counts. */
import { expect, test } from "vitest";
import { LoadedModel, type Values } from "../bundle";
import gpt2 from "../golden/gpt2.json";
import { valuesOf, type GoldenFile } from "../golden/golden";
import { LiveRunner } from "./liveRunner";
import type { Answer, Request } from "./messages";
import { Plan } from "./plan";

function opened(): { model: LoadedModel; values: Values } {
  const values = valuesOf(gpt2 as unknown as GoldenFile);
  const { spec, kinds } = values.model;
  const vocabulary = { size: 7, tokens: [..."abcdefg"] };
  return { model: new LoadedModel({ ...spec, context: 8, vocabulary }, kinds), values };
}

/** A worker that computes with the same plan, but answers only when told to. */
class SlowWorker extends EventTarget {
  readonly asked: number[][] = [];
  private plan: Plan | undefined;

  postMessage(request: Request): void {
    if (request.kind === "run") this.asked.push([...request.tokens]);
    else this.plan = new Plan(new LoadedModel(request.spec, request.kinds), request.weights);
  }

  answer(): void {
    const arrays = this.plan!.run(this.asked.at(-1)!);
    const data: Answer = { kind: "values", id: 0, arrays, took: 1 };
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  fail(): void {
    this.dispatchEvent(new Event("error"));
  }

  terminate(): void {}
}

test("without workers the page computes, with the texts of the tokens", async () => {
  const { model, values } = opened();
  const runner = new LiveRunner(model, values, () => null);
  const run = await runner.run(values, { tokens: [3, 1] });
  expect(run!.tokens).toEqual([3, 1]);
  expect(run!.texts).toEqual(["d", "b"]);
  expect(run!.get(model.spec.logits!)!.shape[0]).toBe(2);
});

test("a text is read with the vocabulary of the bundle", async () => {
  const { model, values } = opened();
  const runner = new LiveRunner(model, values, () => null);
  expect((await runner.run(values, { text: "cab" }))!.tokens).toEqual([2, 0, 1]);
  await expect(runner.run(values, { text: "cz" })).rejects.toThrow("z is not in the vocabulary");
});

test("without texts of tokens their ids are read, between spaces or commas", async () => {
  const { model, values } = opened();
  const spec = { ...model.spec, vocabulary: { size: 7, tokens: null } };
  const nameless = new LoadedModel(spec, model.kinds);
  const runner = new LiveRunner(nameless, values, () => null);
  expect((await runner.run(values, { text: " 2, 0 1 " }))!.tokens).toEqual([2, 0, 1]);
  for (const typed of ["2 x", "7", "1.5", "-1"]) {
    const found = typed.split(" ").at(-1)!;
    await expect(runner.run(values, { text: typed })).rejects.toThrow(
      `token ids (whole numbers from 0 to 6): received “${found}”`,
    );
  }
  await expect(runner.run(values, { text: " " })).rejects.toThrow("from 1 to 8 tokens, received 0");
});

test("of fifty edits at once two are computed, and the last one is what shows", async () => {
  const { model, values } = opened();
  const worker = new SlowWorker();
  const runner = new LiveRunner(model, values, () => worker as unknown as Worker);
  const runs = Array.from({ length: 50 }, (_, i) => runner.run(values, { tokens: [i % 7, 1] }));
  worker.answer();
  await runs[0];
  worker.answer();
  const results = await Promise.all(runs);
  expect(worker.asked).toEqual([
    [0, 1],
    [49 % 7, 1],
  ]);
  expect(results.filter((result) => result !== null)).toHaveLength(1);
  expect(results[49]!.tokens).toEqual([0, 1]);
});

test("a worker that fails to start is replaced by the page", async () => {
  const { model, values } = opened();
  const worker = new SlowWorker();
  const runner = new LiveRunner(model, values, () => worker as unknown as Worker);
  const run = runner.run(values, { tokens: [5] });
  worker.fail();
  expect((await run)!.tokens).toEqual([5]);
  expect((await runner.run(values, { tokens: [6] }))!.tokens).toEqual([6]);
});

test("a cancelled run gives nothing", async () => {
  const { model, values } = opened();
  const worker = new SlowWorker();
  const runner = new LiveRunner(model, values, () => worker as unknown as Worker);
  const run = runner.run(values, { tokens: [5] });
  runner.cancel();
  worker.answer();
  expect(await run).toBeNull();
});

test("a prompt that is too long is refused with a sentence", async () => {
  const { model, values } = opened();
  const runner = new LiveRunner(model, values, () => null);
  const tokens = new Array<number>(9).fill(0);
  await expect(runner.run(values, { tokens })).rejects.toThrow("takes from 1 to 8 tokens");
  expect((await runner.run(values, { tokens: [1] }))!.tokens).toEqual([1]);
});
