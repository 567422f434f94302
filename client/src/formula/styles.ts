/**
 * How the constructs of a formula are written as text and as TeX. Follows `src/cutaway/printing.py`.
 */
import type { TensorInfo, wire } from "../bundle";
import { latexNumber } from "./numbers";

/** How tightly a construct binds; a looser one inside a tighter one stands in parentheses. */
export const Binding = {
  Choice: 0,
  Or: 1,
  And: 2,
  Not: 3,
  Compare: 4,
  Add: 5,
  Reduce: 6,
  Multiply: 7,
  Negate: 8,
  Power: 9,
  Atom: 10,
} as const;

/** Operations that can stand between their arguments (`neg` and `not` before them). */
export const BINDING: Readonly<Record<string, number>> = {
  or: Binding.Or,
  and: Binding.And,
  not: Binding.Not,
  "<": Binding.Compare,
  "<=": Binding.Compare,
  ">": Binding.Compare,
  ">=": Binding.Compare,
  "==": Binding.Compare,
  "!=": Binding.Compare,
  "+": Binding.Add,
  "-": Binding.Add,
  "*": Binding.Multiply,
  "/": Binding.Multiply,
  "//": Binding.Multiply,
  "%": Binding.Multiply,
  neg: Binding.Negate,
  "**": Binding.Power,
};

export interface Style {
  tensor(tensor: TensorInfo): string;
  /** A tensor by another name. */
  renamed(tensor: TensorInfo, name: string): string;
  /** What another formula does not have so. */
  marked(inner: string): string;
  /** From the text of a number that stands in the formula itself. */
  constant(text: string): string;
  /** From the text of a value, which differs from cell to cell. */
  number(text: string): string;
  /** A variable that runs along an axis, or the letter of its length. */
  variable(name: string, axis: wire.Axis): string;
  /** A position along an axis. */
  position(position: number, axis: wire.Axis): string;
  cell(name: string, indices: string[]): string;
  infix(op: string): string;
  parentheses(inner: string): string;
  /** Around the written-out terms of a sum; a line may break inside. */
  terms(inner: string): string;
  /** Functions, by the name of the operation. */
  call(name: string, args: string[]): string;
  not(argument: string, within: string): string;
  /** Binary operations that are not written between their arguments. */
  special: Readonly<Record<string, (a: string, b: string) => string>>;
  /** From the parts of its condition, of which one is enough, and both branches. */
  choice(anyOf: string[], ifTrue: string, ifFalse: string): string;
  choiceBinds: number;
  since(condition: string, held: boolean): string;
  reduction(op: string, axis: string, body: string): string;
  reductionBinds: number;
  /** Stands for the terms of a sum that are not written out. */
  more(count: number): string;
  /** A term of a search for the largest, and where it stands. */
  at(term: string, axis: string, position: string): string;
  /** What was written, with every number in its place. */
  filled(written: string): string;
}

const REDUCTIONS: Readonly<Record<string, string>> = { sum: "Sum", max: "Max", argmax: "ArgMax" };

export const TEXT: Style = {
  tensor: (tensor) => tensor.name,
  renamed: (_, name) => name,
  marked: (inner) => inner,
  constant: (text) => text,
  number: (text) => text,
  variable: (name) => name,
  position: String,
  cell: (name, indices) => `${name}[${indices.join(", ")}]`,
  infix: (op) => (op === "**" ? op : ` ${op} `),
  parentheses: (inner) => `(${inner})`,
  terms: (inner) => `(${inner})`,
  call: (name, args) => `${name}(${args.join(", ")})`,
  not: (argument) => `not(${argument})`,
  special: {},
  choice: (anyOf, ifTrue, ifFalse) => `where(${anyOf.join(" or ")}, ${ifTrue}, ${ifFalse})`,
  choiceBinds: Binding.Atom,
  since: (condition, held) => `, since ${held ? "" : "not "}${condition}`,
  reduction: (op, axis, body) => `${REDUCTIONS[op]}(${axis}, ${body})`,
  reductionBinds: Binding.Atom,
  more: (count) => `… ${count} more`,
  at: (term, axis, position) => `${term} at ${axis}=${position}`,
  filled: (written) => written,
};

const LATEX_NAMES: Readonly<Record<string, string>> = {
  exp: "\\exp",
  log: "\\ln",
  tanh: "\\tanh",
  erf: "\\operatorname{erf}",
  sin: "\\sin",
  cos: "\\cos",
  min: "\\min",
  max: "\\max",
  argmax: "\\operatorname{argmax}",
  sum: "\\sum",
};

const LATEX_INFIX: Readonly<Record<string, string>> = {
  "+": " + ",
  "-": " - ",
  "*": " \\cdot ",
  "%": " \\bmod ",
  "<": " < ",
  "<=": " \\le ",
  ">": " > ",
  ">=": " \\ge ",
  "==": " = ",
  "!=": " \\ne ",
  and: " \\land ",
  or: " \\lor ",
};

export const LATEX: Style = {
  tensor: ({ name, spec }) => {
    if (spec.latex) return spec.latex;
    const short = name.slice(name.lastIndexOf(".") + 1);
    return short.length === 1 ? short : `\\mathrm{${short.replaceAll("_", "\\_")}}`;
  },
  renamed: (_, name) => name,
  marked: (inner) => inner,
  constant: latexNumber,
  number: latexNumber,
  variable: (name) => name,
  position: String,
  cell: (name, indices) => `{${name}}_{${indices.join(",")}}`,
  infix: (op) => LATEX_INFIX[op]!,
  parentheses: (inner) => `\\left(${inner}\\right)`,
  terms: (inner) => `(${inner})`,
  call: (name, args) => {
    if (name === "sqrt") return `\\sqrt{${args[0]}}`;
    if (name === "abs") return `\\left|${args[0]}\\right|`;
    return `${LATEX_NAMES[name]}\\left(${args.join(", ")}\\right)`;
  },
  not: (_, within) => `\\lnot ${within}`,
  special: {
    "/": (a, b) => `\\frac{${a}}{${b}}`,
    // It stands in indices, where a fraction hides the brackets' feet.
    "//": (a, b) => `\\lfloor ${a}/${b} \\rfloor`,
    "**": (a, b) => `{${a}}^{${b}}`,
  },
  // Each part on a line of its own: conditions are what makes choices wide.
  choice: (anyOf, ifTrue, ifFalse) =>
    `\\begin{cases} ${ifTrue} & \\text{if } ${anyOf.join(" \\\\ & \\lor ")} \\\\ ${ifFalse} & \\text{otherwise} \\end{cases}`,
  // Its brace has no closing one, so what follows would seem to belong to it.
  choiceBinds: Binding.Choice,
  since: (condition, held) => ` \\quad \\text{since ${held ? "" : "not "}} ${condition}`,
  reduction: (op, axis, body) => `${LATEX_NAMES[op]}_{${axis}} ${body}`,
  reductionBinds: Binding.Reduce,
  more: (count) => `\\underbrace{\\cdots}_{${count}}`,
  at: (term, axis, position) => `{${term}}_{${axis}=${position}}`,
  filled: (written) => written,
};
