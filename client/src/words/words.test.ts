/** Every language says everything, and says it in its own words. */
import { afterEach, expect, test } from "vitest";
import { english } from "./en";
import { known, NAMES, readFrom, words, wordsIn } from ".";

afterEach(() => readFrom(() => english));

type Tree = { readonly [key: string]: unknown };

/** Paths of all words, with what stands there; functions are called with their own names for arguments. */
function spoken(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const at = `${path}${key}`;
    if (typeof value === "string") found.set(at, value);
    else if (typeof value === "function") {
      const args = Array.from({ length: value.length }, (_, i) => `‹${i}›`);
      found.set(at, String((value as (...args: string[]) => string)(...args)));
    } else for (const [to, text] of spoken(value as Tree, `${at}.`)) found.set(to, text);
  }
  return found;
}

test.each(Object.keys(NAMES))(
  "%s has every word, and puts every argument somewhere",
  async (code) => {
    const own = spoken(await wordsIn(code));
    expect([...own.keys()]).toEqual([...spoken(english).keys()]);
    for (const [path, text] of own) expect(text.trim(), path).not.toBe("");
    for (const [path, text] of spoken(english)) {
      const shown = [...text.matchAll(/‹\d›/g)].map(([each]) => each);
      for (const each of shown) expect(own.get(path), path).toContain(each);
    }
    expect(own.get("code")).toBe(code);
  },
);

test("words follow what is spoken", async () => {
  expect(words.controls.help).toBe("Help");
  const german = await wordsIn("de");
  readFrom(() => german);
  expect(words.controls.help).toBe("Hilfe");
});

test("a language is known by any of its tags", () => {
  expect([known("de"), known("de-AT"), known("EN-us")]).toEqual(["de", "de", "en"]);
  expect([known("fr"), known(""), known(null), known("constructor")]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
