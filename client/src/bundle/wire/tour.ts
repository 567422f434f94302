/**
 * Generated from src/cutaway/wire/tour.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * Tours: chapters of text and of tracks that are sampled at any moment, in any order.
 */

import type { Inline, Piece, Selector, Span, Value } from "./text";

/** What lies between two stops of a chapter. */
export interface Step {
  /** When it is over, in milliseconds from the beginning of the chapter: the next stop. */
  readonly end: number;
  readonly text: Piece[];
}

/**
 * How one channel of some targets changes over time.
 *
 * Between two keys the value goes from the one to the other by the easing named with the later key;
 * before the first key and after the last it stays as there.
 */
export interface Track {
  /** Which of the chapter's groups of targets. */
  readonly group: number;
  readonly channel: string;
  /** Milliseconds, ascending. */
  readonly times: number[];
  readonly values: Value[];
  readonly eases: string[];
}

/**
 * In what order the cells of some targets are filled.
 *
 * One line of cells may come first (channel `first`: how many cells of it are there); the channel
 * `rest` says how many of the other cells, columns or rows are.
 */
export interface Sweep {
  readonly group: number;
  /** `cell` (down each column in turn), `column` or `row`. */
  readonly by: string;
  /** The column that comes first. */
  readonly column?: Value | null;
  /** The row that comes first. */
  readonly row?: Value | null;
}

/** Where the cells of some targets part; the channel `split` is the width of the gap, in cells. */
export interface Split {
  readonly group: number;
  /** The columns that stand apart from those before and after them. */
  readonly columns?: Span | null;
  readonly rows?: Span | null;
}

/** Some cells of a tensor, one selector per axis. */
export interface Cells {
  readonly tensor: string;
  readonly index: Selector[];
}

/**
 * Cells that leave their place: target `copy 0`, `copy 1`, ... in order.
 *
 * Channels: `x y z` (top left corner), `turn` (quarters of a turn, clockwise), `opacity`, `fill`
 * (how many cells are there, in the order of `tensor`) and `slide` (the first cell that is shown
 * when `shown` is less than all).
 */
export interface Copy {
  readonly tensor: string;
  readonly index: Selector[];
  /** When given, the cells are products with these, one by one, in one column. */
  readonly times?: Cells | null;
  /** Whether each cell is the sum of the products so far. */
  readonly running?: boolean;
  /** How many cells are seen at once; 0: all of them. */
  readonly shown?: number;
}

/** Cells with a border around them: target `mark 0`, ... with the channel `opacity`. */
export interface Mark {
  readonly tensor: string;
  readonly index: Selector[];
}

/** Words in the scene: target `note 0`, ... with the channel `opacity`. */
export interface Note {
  readonly text: Inline[];
  readonly x: Value;
  readonly y: Value;
  readonly z: Value;
  /** Where the words stand, seen from the place: `top`, `bottom`, `left` or `right`. */
  readonly side: string;
}

/** The explanation of a cell: target `card 0`, ... with the channel `opacity`. */
export interface Card {
  readonly tensor: string;
  /** Empty: the cell that the sweep of the tensor has come to. */
  readonly index?: Value[];
  /** Whose sweep it follows. */
  readonly slab?: number;
}

/**
 * The formula of a cell as a curve over one cell it reads: target `plot 0`, ... (`opacity`).
 *
 * Without an index, of the cell that the sweep of the tensor has come to.
 */
export interface Plot {
  readonly tensor: string;
  readonly index: Value[];
  /** The tensor whose cell runs along the horizontal axis. */
  readonly argument: string;
}

/**
 * A chapter: text between stops, and tracks that are sampled at any moment, in any order.
 *
 * Targets are `camera` (channels `x y z azimuth elevation width height near`: what is in the
 * middle, seen from where, and the extent to be in view), full names of tensors (`opacity highlight
 * first rest split`), `name#k` for slab k alone, `name#j-k` for those from j to k, `a>b` for the
 * ribbon from a to b (`flow`: whole numbers are rest) and the numbered things below. `*` in a name
 * stands for every layer, with `name@j-k` for those from j to k.
 */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  /** Module paths and tensor names that are lit in the diagram. */
  readonly about: string[];
  readonly steps: Step[];
  readonly groups: string[][];
  readonly tracks: Track[];
  readonly sweeps?: Sweep[];
  readonly splits?: Split[];
  readonly copies?: Copy[];
  readonly marks?: Mark[];
  readonly notes?: Note[];
  readonly cards?: Card[];
  readonly plots?: Plot[];
}

/** A part of the model in the table of contents. */
export interface DiagramNode {
  readonly label: string;
  /** `module`, `tensor`, `join` (a sum that goes on in the stream) or `stack`. */
  readonly what: string;
  readonly name: string;
  readonly nodes?: DiagramNode[];
  readonly repeat?: number;
}

/** `tours/*.json`: one tour of one model in one language. */
export interface Tour {
  readonly name: string;
  readonly title: string;
  readonly model: string;
  readonly language: string;
  readonly diagram: DiagramNode[];
  readonly chapters: Chapter[];
  /** Labels of tensors and parts in this language, by the label in English. */
  readonly labels: Record<string, string>;
}
