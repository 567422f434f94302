import { describe, expect, it } from "vitest";
import { lettersOf, promptFromText, removeAt, textFromPrompt, typeAt } from "./prompt";

const letters = lettersOf({ size: 3, tokens: ["A", "B", "C"] })!;

describe("a vocabulary of letters", () => {
  it("is recognised", () => {
    expect(lettersOf({ size: 3 })).toBeNull();
    expect(lettersOf({ size: 2, tokens: ["A", "the"] })).toBeNull();
    expect(lettersOf({ size: 2, tokens: ["A", "A"] })).toBeNull();
  });

  it("takes either case, unless both are tokens", () => {
    expect(letters.ids.get("b")).toBe(1);
    expect(lettersOf({ size: 2, tokens: ["a", "A"] })!.ids.get("A")).toBe(1);
  });
});

describe("typing", () => {
  it("types over a letter and moves on", () => {
    expect(typeAt([0, 1, 2], 1, "c", letters, 4)).toEqual({ tokens: [0, 2, 2], at: 2 });
  });

  it("appends at the end and pastes over the end", () => {
    expect(typeAt([0], 1, "C", letters, 4)).toEqual({ tokens: [0, 2], at: 2 });
    expect(typeAt([0, 0], 1, "BCB", letters, 4)).toEqual({ tokens: [0, 1, 2, 1], at: 4 });
  });

  it("refuses a letter outside the vocabulary, with the letters there are", () => {
    expect(typeAt([0], 0, "X", letters, 4)).toEqual({
      refused: "“X” is not a token of this model: type A, B or C.",
    });
    expect(typeAt([0], 0, " ", letters, 4)).toEqual({
      refused: "A space is not a token of this model: type A, B or C.",
    });
  });

  it("refuses more than the context holds, whole", () => {
    expect(typeAt([0, 1, 2, 0], 4, "A", letters, 4)).toEqual({
      refused: "The context holds 4 tokens: take one away first.",
    });
    expect(typeAt([0, 1, 2, 0], 3, "A", letters, 4)).toEqual({ tokens: [0, 1, 2, 0], at: 4 });
  });

  it("does not change the prompt it was given", () => {
    const tokens = [0, 1];
    typeAt(tokens, 0, "C", letters, 4);
    removeAt(tokens, 0);
    expect(tokens).toEqual([0, 1]);
  });
});

describe("removing", () => {
  it("takes a letter out", () => {
    expect(removeAt([0, 1, 2], 1)).toEqual({ tokens: [0, 2], at: 1 });
    expect(removeAt([0, 1], 2)).toEqual({ tokens: [0, 1], at: 2 });
  });

  it("keeps the last one", () => {
    expect(removeAt([2], 0)).toHaveProperty("refused");
  });
});

describe("a prompt as text", () => {
  it("comes back as it was", () => {
    const edit = promptFromText("CAB", letters, 4);
    expect(edit).toEqual({ tokens: [2, 0, 1], at: 3 });
    expect(textFromPrompt([2, 0, 1], letters)).toBe("CAB");
  });

  it("is refused when empty, too long or not of the vocabulary", () => {
    for (const text of ["", "ABCAB", "A1"]) {
      expect(promptFromText(text, letters, 4)).toHaveProperty("refused");
    }
  });
});
