import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { loadBundle, loadValues } from "./load";
import { LoadedModel } from "./model";
import { Runner } from "./runner";
import {
  safetensorsBytes,
  TINY,
  tiny,
  tinyInfo,
  tinyRun,
  tinyValues,
  tinyWeights,
} from "./testing";
import type * as wire from "./wire";

const BUNDLE: wire.Bundle = {
  version: 1,
  kinds: [],
  models: [TINY],
  capabilities: { run: "api/run" },
  catalogue: [],
  phrases: {},
};
const RUN = safetensorsBytes(tinyRun, { run: JSON.stringify(tinyInfo) });
const FILES: Record<string, string | ArrayBuffer> = {
  "/sub/bundle.json": JSON.stringify(BUNDLE),
  "/sub/weights.safetensors": safetensorsBytes(tinyWeights),
  "/sub/run.safetensors": RUN,
};

let server: Server | null = null;

/** A real server, for this test only, that answers with `files` or by `listener`. */
async function serve(files: typeof FILES | RequestListener): Promise<URL> {
  const listener: RequestListener =
    typeof files === "function"
      ? files
      : (request, response) => {
          const body = files[request.url ?? ""];
          if (body === undefined) response.writeHead(404).end("<html>no such page</html>");
          else response.end(typeof body === "string" ? body : new Uint8Array(body));
        };
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sub/`);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

test("a bundle, its weights and its first run are loaded with progress", async () => {
  const base = await serve(FILES);
  const seen = new Map<string, number>();
  const onProgress = ({ what, bytes }: { what: string; bytes: number }) => seen.set(what, bytes);
  const { models } = await loadBundle(base, { onProgress });
  const values = await loadValues(base, models[0]!, { onProgress });
  expect(values.at({ tensor: "blocks.1.y", index: [1, 1] })).toBe(4);
  expect(values.at({ tensor: "blocks.1.W", index: [1, 0] })).toBe(2);
  expect(values.texts).toEqual(["C", "A"]);
  expect(seen.get("run.safetensors")).toBe(RUN.byteLength);
  expect([...seen.keys()].sort()).toEqual([
    "bundle.json",
    "run.safetensors",
    "weights.safetensors",
  ]);
});

test.each([
  ["{", "it is not JSON"],
  ["null", "bundle.json has version (none), this page reads version 1"],
  [
    JSON.stringify({ ...BUNDLE, version: 99 }),
    "bundle.json has version 99, this page reads version 1",
  ],
  [JSON.stringify({ ...BUNDLE, models: [] }), "holds no model"],
])("the bundle %.20s is refused", async (text, message) => {
  const base = await serve({ "/sub/bundle.json": text });
  await expect(loadBundle(base)).rejects.toThrow(message);
});

test("a missing file and a silent server are sentences", async () => {
  const base = await serve({});
  await expect(loadBundle(base)).rejects.toThrow(
    "Could not fetch bundle.json: the server answered 404 Not Found.",
  );
  server!.close();
  server!.closeAllConnections();
  await expect(loadBundle(base)).rejects.toThrow("Check that the server is still running");
});

test("a run that is cut off, of other tokens, or without a name is refused", async () => {
  const cut = await serve({ ...FILES, "/sub/run.safetensors": RUN.slice(0, -1) });
  await expect(loadValues(cut, tiny)).rejects.toThrow(
    "cut off in tensor logits in run.safetensors",
  );
  server!.close();
  const info = JSON.stringify({ ...tinyInfo, tokens: [0, 0] });
  const other = await serve({
    ...FILES,
    "/sub/run.safetensors": safetensorsBytes(tinyRun, { run: info }),
  });
  await expect(loadValues(other, tiny)).rejects.toThrow(
    "expected tiny on tokens 2 0, received tiny on tokens 0 0",
  );
  server!.close();
  const nameless = await serve({ ...FILES, "/sub/run.safetensors": safetensorsBytes(tinyRun) });
  await expect(loadValues(nameless, tiny)).rejects.toThrow("does not say which run it holds");
});

test("a model without files has its structure only", async () => {
  const base = await serve({});
  const structure = new LoadedModel({ ...TINY, weights: null, run: null });
  expect((await loadValues(base, structure)).get("W_E")).toBeUndefined();
});

test("a prompt is run by the server", async () => {
  let received = "";
  const base = await serve((request, response) => {
    request.on("data", (chunk) => (received += chunk));
    request.on("end", () => response.end(new Uint8Array(RUN)));
  });
  const runner = new Runner({ base, bundle: BUNDLE }, tiny);
  const values = await runner.run(tinyValues, { tokens: [2, 0] });
  expect(JSON.parse(received)).toEqual({ model: "tiny", tokens: [2, 0] });
  expect(values!.at({ tensor: "logits", index: [0, 1] })).toBe(20);
  expect(values!.get("W_E")).toBe(tinyValues.get("W_E"));
  expect(runner.busy).toBe(false);
});

test("the server's own sentence is shown", async () => {
  const base = await serve((_, response) => {
    response
      .writeHead(400)
      .end(JSON.stringify({ error: "The prompt has 12 tokens, at most 11 fit." }));
  });
  const runner = new Runner({ base, bundle: BUNDLE }, tiny);
  await expect(runner.run(tinyValues, { text: "ABC" })).rejects.toThrow("The prompt has 12 tokens");
});

test("an answer that a later request has overtaken is dropped", async () => {
  let count = 0;
  const base = await serve((_, response) => {
    const wait = count++ === 0 ? 200 : 0;
    setTimeout(() => response.end(new Uint8Array(RUN)), wait);
  });
  const runner = new Runner({ base, bundle: BUNDLE }, tiny);
  const stale = runner.run(tinyValues, { text: "A" });
  const latest = runner.run(tinyValues, { text: "AB" });
  expect(await stale).toBeNull();
  expect(await latest).not.toBeNull();
  const cancelled = runner.run(tinyValues, { text: "ABC" });
  runner.cancel();
  expect(await cancelled).toBeNull();
});

test("without a server behind it the prompt is fixed", () => {
  const bundle = { ...BUNDLE, capabilities: {} };
  expect(Runner.canRun(bundle)).toBe(false);
  expect(() => new Runner({ base: new URL("http://localhost/"), bundle }, tiny)).toThrow(
    "no server",
  );
});
