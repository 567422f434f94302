/**
 * Generated from src/cutaway/wire/text.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * The text of tours: paragraphs whose words refer to tensors, cells and numbers of a run.
 */

import type { Expr } from "./expressions";

export type Value = number | Expr;

/** Positions along an axis, from `start` to before `stop`. */
export type Span = [tag: "span", start: Value, stop: Value];

export type Selector = Value | Span;

/** Words that stand out: strong, or in italics. */
export type Emphasis = [tag: "em", strong: boolean, content: Inline[]];

/** A formula, in the line or on a line of its own. */
export type Tex = [tag: "tex", latex: string, display: boolean];

/** Text in the letters of a typewriter. */
export type Code = [tag: "code", text: string];

/** Words that light up what they name, and that are lit up by it. */
export type Reference = [
  tag: "ref",
  what: string,
  name: string,
  index: Selector[],
  content: Inline[],
];

/** A number of the current run. */
export type RunNumber = [tag: "number", value: Expr, format: string];

export type Inline = string | Emphasis | Tex | Code | Reference | RunNumber;

/** A paragraph, or one item of a list. */
export type Paragraph = [tag: "p", content: Inline[], item: boolean];

/** Something to try in the text: `softmax` or `sampling` of some cells, or the `prompt`. */
export type Widget = [tag: "widget", kind: string, tensor: string, index: Selector[]];

/**
 * What one part of a model costs; multiply-adds and bytes as polynomials of the number of tokens.
 */
export interface Share {
  readonly label: string;
  /** As of a `Reference`. */
  readonly what: string;
  readonly name: string;
  readonly parameters: number;
  /** Coefficients, the constant first. */
  readonly multiply_adds: number[];
  readonly bytes: number[];
}

/** A chart of what the parts of the model cost, for any number of tokens. */
export type Shares = [tag: "shares", parts: Share[], of: string];

export type Piece = Paragraph | Widget | Shares;
