/** What the page shows while a run is under way, after it, and after one that failed. */
import { expect, test } from "vitest";
import { BundleError } from "../bundle/errors";
import type { LoadedBundle } from "../bundle/load";
import { infoOf, type Prompt } from "../bundle/prompt";
import { tiny, tinyRun, tinyValues } from "../bundle/testing";
import type { Values } from "../bundle/values";
import { learn } from "./labels.svelte";
import { Opened } from "./opened.svelte";
import { Page } from "./page.svelte";

/** The values on another prompt: as long as it is, all zero. */
function valuesOn(tokens: number[]): Values {
  const zeros = [...tinyRun.keys()].map((name) => {
    const shape = name === "tokens" ? [tokens.length] : [tokens.length, 2];
    const data = name === "tokens" ? new Int32Array(tokens) : new Float32Array(2 * tokens.length);
    return [name, { data, shape }] as const;
  });
  return tinyValues.withRun(new Map(zeros), infoOf(tiny, tokens, []), "a run");
}

/** A page on the tokens C A, and a server that answers when it is told to. */
function pageWith() {
  const page = new Page();
  let done: ((values: Values | null) => void) | null = null;
  let fail: (error: Error) => void = () => undefined;
  let asked: number[] = [];
  const runner = {
    run: (_: Values, prompt: Prompt) => {
      done?.(null); // only the latest request counts
      asked = (prompt as { tokens: number[] }).tokens;
      return new Promise<Values | null>((resolve, reject) => ([done, fail] = [resolve, reject]));
    },
    cancel: () => done?.(null),
  };
  const only = new Opened(tiny, tinyValues, runner, page.notices);
  const loaded = { models: [tiny], bundle: { kinds: [] } } as unknown as LoadedBundle;
  page.arrange(loaded, [only], only);
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return {
    page,
    answer: async () => (done?.(valuesOn(asked)), settled()),
    refuse: async (said: string) => (fail(new BundleError(said)), settled()),
    said: () => page.notices.all.map(({ text }) => text),
  };
}

const LONGER = { prompt: "CAB", cell: "embed[2,1]" };

test("a cell beyond the prompt that is shown stays in the link while its own prompt is computed", async () => {
  const { page, answer } = pageWith();
  const shown = page.show(LONGER);
  expect(page.address).toMatchObject(LONGER);
  await answer();
  await shown;
  expect(page.pinned).toEqual({ tensor: "embed", index: [2, 1] });
  expect(page.address).toMatchObject(LONGER);
});

test("what a visitor does meanwhile goes before the link", async () => {
  const { page, answer } = pageWith();
  const shown = page.show(LONGER);
  const cell = { tensor: "embed", index: [0, 0] };
  page.pin(cell);
  await answer();
  await shown;
  expect(page.pinned).toEqual(cell);
  const again = page.show({ prompt: "CABC", cell: "embed[3,1]" });
  const typed = page.run({ tokens: [1] });
  await answer();
  await Promise.all([again, typed]);
  expect(page.prompt).toEqual([1]);
  expect(page.pinned).toEqual(cell);
  expect(page.notices.all).toEqual([]);
});

test("a link whose run failed can be tried again, cell and all; what failed is not told for ever", async () => {
  const { page, answer, refuse, said } = pageWith();
  const shown = page.show(LONGER);
  await refuse("The server is gone.");
  await shown;
  expect(said()).toEqual(["The server is gone."]);
  page.notices.all[0]!.action!.act();
  await answer();
  expect(page.prompt).toEqual([2, 0, 1]);
  expect(page.pinned).toEqual({ tensor: "embed", index: [2, 1] });
  expect(said()).toEqual([]);
});

test("a link to what is not there is told of until another one is followed", async () => {
  const { page, said } = pageWith();
  await page.show({ cell: "nowhere[0]" });
  expect(said()).toEqual([expect.stringContaining("nowhere")]);
  await page.show({ cell: "elsewhere[0]" });
  expect(said()).toEqual([expect.stringContaining("elsewhere")]);
  await page.show({ cell: "embed[0,1]" });
  expect(page.pinned).toEqual({ tensor: "embed", index: [0, 1] });
  expect(said()).toEqual([]);
});

test("of runs that fail one after the other the last is told", async () => {
  const { page, refuse, answer, said } = pageWith();
  page.notices.say("Something else.");
  for (const why of ["The prompt has 5 tokens.", "The prompt has 6 tokens."]) {
    const run = page.run({ tokens: [0] });
    await refuse(why);
    await run;
  }
  expect(said()).toEqual(["Something else.", "The prompt has 6 tokens."]);
  const run = page.run({ tokens: [0] });
  await answer();
  await run;
  expect(said()).toEqual(["Something else."]);
});

test("what the server says is told in the language of the page", async () => {
  learn({ "the prompt has {} tokens; {} takes at most {}": "{} Token, {} nimmt {}" });
  const { page, refuse, said } = pageWith();
  const run = page.run({ tokens: [0] });
  await refuse("the prompt has 70 tokens; plain takes at most 64");
  await run;
  expect(said()).toEqual(["70 Token, plain nimmt 64"]);
  learn({});
});
