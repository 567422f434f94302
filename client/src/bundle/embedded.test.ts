// @vitest-environment jsdom
import { afterEach, expect, test } from "vitest";
import { embeddedFile } from "./embedded";
import { loadBundle } from "./load";
import { TINY } from "./testing";

afterEach(() => document.head.replaceChildren());

function embed(path: string, type: string, text: string): void {
  const element = document.createElement("script");
  element.type = type;
  element.dataset["file"] = path;
  element.textContent = text;
  document.head.append(element);
}

const bytes = (buffer: ArrayBuffer | null) => buffer && [...new Uint8Array(buffer)];

test("a file that the page holds is read from there", () => {
  embed("a/weights.safetensors", "text/plain", btoa("\x00\x01\xff"));
  expect(bytes(embeddedFile("a/weights.safetensors"))).toEqual([0, 1, 255]);
  expect(embeddedFile("b/weights.safetensors")).toBeNull();
});

test("damaged base64 is a sentence", () => {
  embed("w", "text/plain", "*");
  expect(() => embeddedFile("w")).toThrow("w in this file is damaged");
});

test("a bundle in the page needs no network", async () => {
  const bundle = { version: 1, kinds: [], models: [TINY], capabilities: {} };
  embed("bundle.json", "application/json", JSON.stringify(bundle));
  const { models } = await loadBundle(new URL("file:///nowhere/"));
  expect(models.map(({ spec }) => spec.name)).toEqual([TINY.name]);
});
