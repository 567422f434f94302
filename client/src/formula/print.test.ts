// @vitest-environment jsdom
import katex from "katex";
import { expect, test } from "vitest";
import { Values } from "../bundle";
import { tiny, tinyValues } from "../bundle/testing";
import { valuesOf, type GoldenFile } from "../golden/golden";
import gpt2 from "../golden/gpt2.json";
import operations from "../golden/operations.json";
import { explain, type Explanation } from "./explain";
import { SLOT } from "./pageStyles";

const FILES = [gpt2, operations] as unknown as GoldenFile[];
const [model, odd] = FILES.map(valuesOf) as [
  ReturnType<typeof valuesOf>,
  ReturnType<typeof valuesOf>,
];

function at(tensor: string, ...index: number[]): Explanation {
  const values = model.model.has(tensor) ? model : odd;
  return explain(values.model, values, { tensor, index });
}

/** The TeX that a template stands for. */
function filled({ latex, texts }: { latex: string; texts: string[] }): string {
  return withoutClasses(latex.replace(SLOT, (_, slot: string) => texts[+slot]!));
}

function withoutClasses(latex: string): string {
  // Names of tensors hold at most one level of braces within another.
  return latex.replace(
    /\\htmlClass\{(?:role|kind)-[^}]*\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}/g,
    "$1",
  );
}

/** As plain as both can be made. */
function plain(latex: string): string {
  return latex
    .replaceAll(/\\underbrace\{\\cdots\}_\{(\d+)\}/g, "\\cdots\\ \\text{$1 more}")
    .replaceAll("\\left(", "(")
    .replaceAll("\\right)", ")")
    .replace(/ ?\\times 10\^\{(.*?)\}/g, (_, power: string) => `×10^${power}`)
    .replace(
      /×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g,
      (_, raised: string) => `×10^${raised.normalize("NFKC").replace("−", "-")}`,
    )
    .replaceAll("−", "-")
    .replaceAll("\\infty", "∞");
}

test("a template filled in is the formula in numbers, for every golden cell", () => {
  for (const file of FILES) {
    const values = file === FILES[0] ? model : odd;
    for (const cell of file.explanations) {
      const { numbersLatex, numbersTemplate } = explain(values.model, values, cell);
      expect(plain(filled(numbersTemplate!))).toBe(plain(numbersLatex!));
    }
  }
});

test("cells that differ in numbers and signs only share a template", () => {
  const templates = new Set<string>();
  const formulas = new Set<string>();
  for (let t = 0; t < 5; t++) {
    for (let a = 0; a < 4; a++) {
      const explanation = at("blocks.0.attn.q", t, 1, a);
      templates.add(explanation.numbersTemplate!.latex);
      formulas.add(explanation.numbersLatex!);
    }
  }
  expect(formulas.size).toBe(20);
  expect(templates.size).toBe(1);
});

test("another branch or another number of terms is another template", () => {
  const seen = at("blocks.0.attn.attn_scores", 0, 3, 1).numbersTemplate!.latex;
  expect(at("blocks.0.attn.attn_scores", 1, 4, 2).numbersTemplate!.latex).toBe(seen);
  expect(at("blocks.0.attn.attn_scores", 0, 1, 3).numbersTemplate!.latex).not.toBe(seen);
  expect(at("shifted", 0, 1).numbersTemplate!.latex).not.toBe(
    at("shifted", 1, 1).numbersTemplate!.latex,
  );
});

test("KaTeX typesets every formula, and keeps the slots", () => {
  const options = { trust: true, strict: false, throwOnError: true } as const;
  for (const file of FILES) {
    const values = file === FILES[0] ? model : odd;
    const typeset = new Set<string>();
    for (const cell of file.explanations) {
      const { latex, pageLatex, numbersLatex, numbersTemplate } = explain(
        values.model,
        values,
        cell,
      );
      if (typeset.has(numbersTemplate!.latex)) continue;
      typeset.add(numbersTemplate!.latex);
      katex.renderToString(latex, options);
      katex.renderToString(pageLatex, options);
      katex.renderToString(numbersLatex!, options);
      katex.renderToString(numbersTemplate!.latex, options);
    }
  }
});

test("symbols on the page are those of the formula, with classes for their colours", () => {
  for (const file of FILES) {
    const values = file === FILES[0] ? model : odd;
    for (const cell of file.explanations) {
      const { latex, pageLatex } = explain(values.model, values, cell);
      expect(withoutClasses(pageLatex)).toBe(latex);
    }
  }
  expect(at("blocks.0.attn.z", 0, 0, 0).pageLatex).toContain("\\htmlClass{kind-head-channel}{a}");
  expect(at("blocks.0.attn.q", 0, 0, 0).pageLatex).toContain("\\htmlClass{role-weight}{W^{Q}}");
});

test("a typeset template shows the numbers of one cell after the other", () => {
  const template = (t: number, c: number) =>
    explain(tiny, tinyValues, { tensor: "blocks.0.y", index: [t, c] }).numbersTemplate!;
  const { latex } = template(0, 0);
  const element = document.createElement("span");
  katex.render(latex, element, { trust: true, strict: false, output: "html" });
  const spaces = element.querySelectorAll(".mspace").length;
  const fill = (texts: string[]): string => {
    for (const [slot, text] of texts.entries())
      element.querySelector(`.slot-${slot}`)!.textContent = text;
    return element.textContent.replaceAll("\u200b", "");
  };
  // Row 1 of W is 0 -1: the larger term is 6 times -1.
  expect(fill(template(0, 1).texts)).toBe("y0,1=(6.000⋅(−1.000)+5.000⋅0)=−6.000");
  expect(fill(template(0, 0).texts)).toBe("y0,0=(5.000⋅1.000+6.000⋅0)=5.000");
  expect(element.querySelectorAll(".mspace").length).toBe(spaces);
  expect(element.querySelector(".slot-0")!.className).toContain("kind-token");
});

test("a choice says why, and a copy says of which cell", () => {
  expect(at("blocks.0.attn.attn_scores", 0, 1, 3).numbersText).toMatch(/= -inf, since not 3 <= 1$/);
  expect(at("embed", 0, 2).numbersText).toMatch(/^embed\[0, 2\] = W_E\[3, 2\] = /);
  expect(at("blocks.1.resid_pre", 0, 2).text).toBe(
    "blocks.1.resid_pre[t, c] = blocks.0.resid_post[t, c]",
  );
});

test("a structure without values has symbols only", () => {
  const values = Values.empty(model.model);
  const explanation = explain(model.model, values, { tensor: "blocks.0.mlp.pre", index: [0, 0] });
  expect(explanation.text).toContain("Sum(c, ");
  expect(explanation.latex).toContain("\\sum_{c}");
  expect([explanation.value, explanation.numbersText, explanation.numbersTemplate]).toEqual([
    null,
    null,
    null,
  ]);
  expect([explanation.sums, explanation.evaluate()]).toEqual([[], null]);
});
