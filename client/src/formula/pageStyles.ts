/**
 * TeX for the page: names and variables carry the classes that give them the colour of their role or
 * kind, and the numbers of a cell can be replaced without typesetting again.
 */
import type { wire } from "../bundle";
import { latexNumber, typesetNumber } from "./numbers";
import { LATEX, type Style } from "./styles";

/** Symbols: tensors of class `role-ROLE`, axis variables and lengths of class `kind-KIND`. */
export const PAGE: Style = {
  ...LATEX,
  tensor: (tensor) => withClass(`role-${tensor.spec.role}`, LATEX.tensor(tensor)),
  renamed: ({ spec }, name) => withClass(`role-${spec.role}`, name),
  marked: (inner) => withClass("differs", inner),
  variable: (name, axis) => withClass(kindClass(axis.kind), name),
};

/**
 * Numbers: each that differs from cell to cell is a slot, an element of class `slot-K` that holds 0,
 * while the K-th of `texts` says what belongs there. Two cells with the same TeX can share one
 * typeset formula in which only the texts are replaced.
 */
export class SlotStyle implements Style {
  readonly texts: string[] = [];
  private readonly contents: string[] = [];
  readonly constant = PAGE.constant;
  readonly tensor = PAGE.tensor;
  readonly renamed = PAGE.renamed;
  readonly marked = PAGE.marked;
  readonly variable = PAGE.variable;
  readonly cell = PAGE.cell;
  readonly infix = PAGE.infix;
  readonly parentheses = PAGE.parentheses;
  readonly terms = PAGE.terms;
  readonly call = PAGE.call;
  readonly at = PAGE.at;
  readonly not = PAGE.not;
  readonly special = PAGE.special;
  readonly choice = PAGE.choice;
  readonly choiceBinds = PAGE.choiceBinds;
  readonly since = PAGE.since;
  readonly reduction = PAGE.reduction;
  readonly reductionBinds = PAGE.reductionBinds;

  /** On the line, so that the terms of a sum stay one line high. */
  more(count: number): string {
    return `\\cdots\\ \\text{${count} more}`;
  }

  number(text: string): string {
    return this.slot("0", typesetNumber(text), latexNumber(text));
  }

  position(position: number, axis: wire.Axis): string {
    return this.slot("0", String(position), String(position), kindClass(axis.kind));
  }

  /** Parentheses that stand there or not depending on the sign of the number behind them. */
  softParentheses(inner: string, isNeeded: boolean): string {
    const open = this.slot("(", isNeeded ? "(" : "", isNeeded ? "\\left(" : "");
    const close = this.slot(")", isNeeded ? ")" : "", isNeeded ? "\\right)" : "");
    return open + inner + close;
  }

  filled(written: string): string {
    return written.replace(SLOT, (_, slot: string) => this.contents[Number(slot)]!);
  }

  private slot(held: string, text: string, content: string, kind = ""): string {
    const slot = this.texts.push(text) - 1;
    this.contents.push(content);
    // The outer braces keep the space that KaTeX puts around an operator out of the slot.
    return `{${withClass(`slot slot-${slot}${kind && ` ${kind}`}`, held)}}`;
  }
}

/** A slot in the TeX of a `SlotStyle`. */
export const SLOT = /\{\\htmlClass\{slot slot-(\d+)[^}]*\}\{.\}\}/g;

function withClass(name: string, tex: string): string {
  return `\\htmlClass{${name}}{${tex}}`;
}

/** The class that gives a kind's colour; the name of a kind may hold spaces. */
function kindClass(kind: string): string {
  return `kind-${kind.replace(/[^\p{L}\p{N}]+/gu, "-")}`;
}
