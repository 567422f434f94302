/** Signs stay with what they follow. */
import { expect, test } from "vitest";
import type { wire } from "../bundle";
import { glued } from "./glue";

const number: wire.Inline = ["ref", "cells", "q", [0], ["0.1785"]];
const formula: wire.Inline = ["tex", "e^x", false];

test("a full stop goes with the number before it, and words keep the rest", () => {
  expect(glued(["it is ", number, ". Then (", number, "), and ", formula, ": all"])).toEqual([
    { piece: "it is ", signs: "" },
    { piece: number, signs: "." },
    { piece: " Then (", signs: "" },
    { piece: number, signs: ")," },
    { piece: " and ", signs: "" },
    { piece: formula, signs: ":" },
    { piece: " all", signs: "" },
  ]);
});

test("words that are signs only are gone when these have moved", () => {
  expect(glued([number, "."])).toEqual([{ piece: number, signs: "." }]);
});

test("words, emphasis and displayed formulas are left as they are", () => {
  const rest: wire.Inline[] = ["a", ["em", true, ["b"]], ". c", ["tex", "x", true], ". d"];
  expect(glued(rest)).toEqual(rest.map((piece) => ({ piece, signs: "" })));
});
