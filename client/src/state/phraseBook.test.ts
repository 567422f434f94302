import { expect, test } from "vitest";
import { PhraseBook } from "./phraseBook";

const book = new PhraseBook({
  "all tokens": "alle Token",
  "{} of {} for each token": "{} von {} für jedes Token",
  "{} tokens, itself the last": "{} Token, es selbst das letzte",
  "{} ({} layers)": "{} ({} Schichten)",
  "times {}.": "mal {}.",
});
const say = (english: string) => book.say(english, "de");

test("a phrase that is known is said, another stays English", () => {
  expect(say("all tokens")).toBe("alle Token");
  expect(say("some tokens")).toBe("some tokens");
});

test("places keep what stands there, numbers as the language writes them", () => {
  expect(say("8 of 256 for each token")).toBe("8 von 256 für jedes Token");
  expect(say("4,096 tokens, itself the last")).toBe("4.096 Token, es selbst das letzte");
  expect(say("times 59.8665.")).toBe("mal 59,8665.");
});

test("phrases within phrases are said for themselves", () => {
  expect(say("4,096 tokens, itself the last (21 layers); all tokens (3 layers)")).toBe(
    "4.096 Token, es selbst das letzte (21 Schichten); alle Token (3 Schichten)",
  );
});
