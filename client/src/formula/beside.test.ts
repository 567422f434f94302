import { expect, test } from "vitest";
import { LoadedModel } from "../bundle/model";
import { TINY } from "../bundle/testing";
import type * as wire from "../bundle/wire";
import { beside } from "./beside";

const x: wire.Expr = [
  "cell",
  "blocks.*.x",
  [
    ["index", "t"],
    ["index", "d"],
  ],
];
const w: wire.Expr = [
  "cell",
  "blocks.*.W",
  [
    ["index", "c"],
    ["index", "d"],
  ],
];
const product: wire.Expr = ["apply", "*", [x, w]];
const sum: wire.Expr = ["reduce", "sum", "d", product];
const at: wire.Expr = [
  "cell",
  "blocks.*.x",
  [
    ["index", "t"],
    ["index", "c"],
  ],
];

/** The formula of y as given, what it reads in the roles given. */
function reading(formula: wire.Expr, ...reads: string[]) {
  const tensor = TINY.tensors.findIndex(({ name }) => name === "blocks.*.y");
  const tensors = TINY.tensors.map((each, k) => (k === tensor ? { ...each, formula } : each));
  return { model: new LoadedModel({ ...TINY, tensors }), tensor, reads };
}

/** What is marked, without the classes inside. */
function marked({ latex }: { latex: string }): string[] {
  const found: string[] = [];
  for (const { index } of latex.matchAll(/\\htmlClass\{differs\}\{/g)) {
    let depth = 1;
    let end = index + "\\htmlClass{differs}{".length;
    const start = end;
    for (; depth > 0; end++) depth += latex[end] === "{" ? 1 : latex[end] === "}" ? -1 : 0;
    found.push(latex.slice(start, end - 1).replaceAll(/\\htmlClass\{[^}]*\}/g, ""));
  }
  return found;
}

const letters = (tex: string): string => tex.replaceAll(/[{}\\ ]/g, "");

test("nothing is marked where both are the same", () => {
  expect(marked(beside(reading(sum, "x", "W"), reading(sum, "x", "W")))).toEqual([]);
  expect(marked(beside(reading(sum, "x", "W"), null))).toEqual([]);
});

test("a term that the other lacks is marked, on the one side", () => {
  const more = reading(["apply", "+", [sum, at]], "x", "W", "b");
  const less = reading(sum, "x", "W");
  expect(marked(beside(more, less)).map(letters)).toEqual(["x_t,c"]);
  expect(marked(beside(less, more))).toEqual([]);
});

test("a tensor of another role is marked, a number too", () => {
  expect(marked(beside(reading(sum, "x", "W"), reading(sum, "x", "V")))).toHaveLength(1);
  const twice = (n: number) => reading(["apply", "*", [["const", n], at]], "x");
  expect(marked(beside(twice(2), twice(3)))).toEqual(["2"]);
});

test("what stands around is marked where one formula holds the other", () => {
  const choice: wire.Expr = [
    "apply",
    "where",
    [
      [
        "apply",
        "<=",
        [
          ["index", "c"],
          ["index", "t"],
        ],
      ],
      sum,
      ["const", "-inf"],
    ],
  ];
  const found = marked(beside(reading(choice, "x", "W"), reading(sum, "x", "W"))).map(letters);
  expect(found).toEqual(["clet", "-infty"]);
});

test("names of axes are no difference", () => {
  const other: wire.Expr = ["reduce", "sum", "d", ["apply", "*", [x, w]]];
  expect(marked(beside(reading(sum, "x", "W"), reading(other, "x", "W")))).toEqual([]);
});

test("what enters is called x, whatever it is", () => {
  expect(beside(reading(sum, "x", "W"), null).text).toBe("y[t, c] = Sum(d, x[t, d] * W[c, d])");
  const entering = beside(reading(sum, "other", "x"), null).text;
  expect(entering).toBe("y[t, c] = Sum(d, x[t, d] * x[c, d])");
});
