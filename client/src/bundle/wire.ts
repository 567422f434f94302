/**
 * Generated from src/cutaway/wire.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * The bundle's wire format: what Python writes and the browser reads, declared once.
 *
 * Pipeline stage: between everything that computes (formula, layout, evaluate) and everything that
 * draws. The TypeScript types in `client/src/bundle/wire.ts` are generated from this file by
 * `python -m cutaway.wire_typescript`; a test fails when they drift.
 *
 * Conventions:
 * * Tensor names are TransformerLens names. A tensor that exists once per layer is declared once,
 *   with `*` in place of the layer number (`blocks.*.attn.q`) and the list of layers it exists in.
 *   In a formula, `blocks.*.x` is the same layer, `blocks.<.x` the previous layer and `blocks.2.x`
 *   that very layer. The *stack* of a name is what stands before `.*`.
 * * Lengths in the scene are in cells: one cell is one unit. `x` runs right, `y` runs **down**, `z`
 *   runs **away** from the viewer. A box's position is its top left front corner.
 * * Values are little-endian float32 (token ids: int32) in safetensors files, in the tensor's own
 *   axis order, under the tensor's full name. An axis with `length_of` has the length of that input
 *   in the run.
 */

export const VERSION = 1;

/** A number. JSON has no infinities or NaN, so these travel as "inf", "-inf" and "nan". */
export type Const = [tag: "const", value: number | string];

/** The value of an axis variable: the integer position along that axis. */
export type Index = [tag: "index", axis: string];

/** The length of an axis in the current run. */
export type Size = [tag: "size", axis: string];

/** One cell of a tensor; each index is an integer expression, one per axis of the tensor. */
export type Cell = [tag: "cell", tensor: string, indices: Expr[]];

/**
 * An element-wise operation. `op` is one of `formula.OPS`: `+ - * / // % ** neg exp sqrt log tanh
 * erf sin cos abs min max < <= > >= == != and or not where`. `where` takes (condition, if true, if
 * false) and reads only the branch it takes.
 */
export type Apply = [tag: "apply", op: string, args: Expr[]];

/** `sum`, `max` or `argmax` of `body` over every position of `axis`. */
export type Reduce = [tag: "reduce", op: string, axis: string, body: Expr];

export type Expr = Const | Index | Size | Cell | Apply | Reduce;

/** What positions along an axis mean. A kind has one letter and one colour everywhere. */
export interface AxisKind {
  /** For example `token`, `channel`, `head`, `feature`, `vocabulary`. */
  readonly name: string;
  /** The letter of the length, for example `T`. */
  readonly letter: string;
  /** In words, for example "token position". */
  readonly label: string;
  /** Position in the client's categorical palette. */
  readonly colour: number;
}

/** An axis variable of a model. */
export interface Axis {
  /** The index letter in formulas, for example `t` or `s`; unique in the model. */
  readonly name: string;
  readonly kind: string;
  /** The length; with `length_of` the largest one (the context length). */
  readonly size: number;
  /** The input whose length it has in a run; none: it is always of its size. */
  readonly length_of: string | null;
}

/** Where the values of an input or a weight were read from. */
export interface Origin {
  /**
   * For example `model.safetensors: h.*.attn.c_attn.weight`; `*` stands for the layer, and `{0}`
   * for the first of `indices`, which is then not one of the array's.
   */
  readonly text: string;
  /** The index there of one cell of the tensor, in terms of the tensor's axes. */
  readonly indices: Expr[];
}

/** A named tensor, or one per layer when the name holds `*`. */
export interface Tensor {
  readonly name: string;
  /** A short name for labels in the scene, for example "query". */
  readonly label: string;
  readonly axes: string[];
  /** `input`, `weight`, `activation` or `statistic`. */
  readonly role: string;
  /** How one cell is computed, in terms of the tensor's axes; none for inputs and weights. */
  readonly formula?: Expr | null;
  /** The layers it exists in; empty when the name holds no `*`. */
  readonly layers?: number[];
  readonly integer?: boolean;
  /** Where given values come from. */
  readonly origin?: Origin | null;
  /** A TeX name for formulas, for example `W_Q`; else derived from the name. */
  readonly latex?: string | null;
  /** One sentence on what it is and what it is for. */
  readonly about?: string;
}

/** A node of the model's module tree. The root has the empty path. */
export interface Module {
  /** For example `blocks.*.attn`. */
  readonly path: string;
  readonly label: string;
  /** For example `norm`, `attention`, `mlp`, `block`, `embedding`. */
  readonly kind: string;
  /** Names of the tensors that belong to it directly, in the order of computation. */
  readonly tensors?: string[];
  readonly modules?: Module[];
  /** When the last part of the path is `*`: the layers this body is used for. */
  readonly layers?: number[];
}

/** The place of one tensor: a block of cells `columns x rows x depth`. */
export interface Box {
  readonly tensor: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** The axis that runs right (one cell per position); none: a single column. */
  readonly columns?: string | null;
  /** The axis that runs down. */
  readonly rows?: string | null;
  /** The axis laid out in depth, one slab behind the other. */
  readonly depth?: string | null;
  /** Distance between the fronts of two slabs, in cells. A slab is one cell thick. */
  readonly pitch?: number;
  /** Where its label stands: `top`, `bottom`, `left` or `right`. */
  readonly label_side?: string;
  /**
   * The layers in which the tensor stands here, when it stands elsewhere in others; else it is all
   * of its layers.
   */
  readonly layers?: number[];
}

/** The bounds of a module in the scene: for its section label, for flying to it. */
export interface Frame {
  readonly module: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /**
   * The layers it is for, when the module is absent or elsewhere in others; else all layers of its
   * stack.
   */
  readonly layers?: number[];
}

/** A flat band that shows what feeds what: a polyline in a plane of constant z. */
export interface Ribbon {
  /** The tensor that is read, or its template name. */
  readonly source: string;
  /** The tensor that is computed from it. */
  readonly target: string;
  readonly points: [number, number, number][];
  readonly width: number;
  /** The role of `source`, which gives the colour; `residual` for the residual stream. */
  readonly role: string;
  /** The layers it is repeated in (its points are then relative to the layer); else absolute. */
  readonly layers?: number[];
}

/** A position in the scene, in cells. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Where everything stands. Things named with `*` are placed once per layer, moved by
 * `offsets[stack][position of the layer in the stack]`.
 */
export interface Scene {
  readonly boxes: Box[];
  readonly frames: Frame[];
  readonly ribbons: Ribbon[];
  /** Stack name (`blocks`) to one offset per layer. */
  readonly offsets: Record<string, Point[]>;
}

/** What one forward pass over the full context costs. */
export interface Cost {
  readonly parameters: number;
  /** Parameters that one token reads: of tables, and of experts, only what it looks up. */
  readonly active_parameters: number;
  readonly multiply_adds: number;
  /** Bytes of every weight read and every value written, float32. */
  readonly bytes: number;
  /** Bytes kept of each token so that later ones need not compute it again, in 16-bit numbers. */
  readonly cache_bytes_per_token: number;
  readonly tokens: number;
}

/** What a model has of one kind of part. The parts of a model add up to its `Cost`. */
export interface Part {
  /** For example `attention`: the same in every model, so that parts can be set side by side. */
  readonly kind: string;
  readonly label: string;
  readonly parameters: number;
  /** Parameters that one token reads. */
  readonly active_parameters: number;
  /** Of a pass, as a polynomial of the number of tokens: coefficients, the constant first. */
  readonly multiply_adds: number[];
  /** Of every weight read and every value written, float32; likewise. */
  readonly bytes: number[];
}

/** How a prompt is typed. `tokens` is none when the vocabulary is not in the bundle. */
export interface Vocabulary {
  readonly size: number;
  /** The text of every token id. */
  readonly tokens?: string[] | null;
}

/** One model: its definition, its picture and where its values are. */
export interface Model {
  readonly name: string;
  readonly title: string;
  /** The architecture, for example `gpt2`. */
  readonly family: string;
  readonly description: string;
  readonly axes: Axis[];
  /** In an order in which every tensor comes after what it reads (within a layer). */
  readonly tensors: Tensor[];
  readonly root: Module;
  readonly scene: Scene;
  readonly cost: Cost;
  /** The largest number of tokens of a run. */
  readonly context: number;
  /** The name of the input tensor that holds the token ids. */
  readonly tokens: string;
  /** The input with the tokens that the decoder has written, where that is a stack of its own. */
  readonly decoder: string | null;
  /** The scores of all tokens; none where no tokens are predicted. */
  readonly logits: string | null;
  readonly probabilities: string | null;
  /**
   * What is predicted at each place: `next`, the token after it, `masked`, the token there, or
   * `none`.
   */
  readonly predicts: string;
  readonly vocabulary: Vocabulary;
  /**
   * Path of the safetensors file with all weights, relative to the bundle; none: structure only.
   */
  readonly weights: string | null;
  /** The token ids that a visitor sees first. */
  readonly prompt: number[];
  /** Those of the decoder; empty where there is none. */
  readonly decoder_prompt: number[];
  /** Path of the safetensors file with every value of a run on `prompt`. */
  readonly run: string | null;
  /** Why there are no values, as a sentence for people; empty where there are. */
  readonly no_values: string;
  /** Further lines for the model card, for example where the weights come from. */
  readonly facts: Record<string, string>;
  readonly tours: TourEntry[];
  /** What it is made of, in the order of computation. */
  readonly parts: Part[];
  /** The numbers that make it large, by what they are called; the same names in every model. */
  readonly sizes: Record<string, number>;
  /** What kinds of parts it has, each in a few words; the same names in every model. */
  readonly traits: Record<string, string>;
}

/** What is behind the bundle: addresses relative to it, or none. */
export interface Capabilities {
  /** POST a `RunRequest` here; the answer is a safetensors file of every value. */
  readonly run?: string | null;
  /** Whether an author is at work: tours may change while they are read. */
  readonly live?: boolean;
}

/** A model that can be fetched and added: structure, without values. */
export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /**
   * Of a bundle with this one model, relative to the bundle that lists it; so are the paths in it.
   */
  readonly path: string;
}

/** `bundle.json` */
export interface Bundle {
  readonly version: number;
  readonly kinds: AxisKind[];
  readonly models: Model[];
  readonly capabilities: Capabilities;
  /** What can be added to `models`. */
  readonly catalogue: CatalogueEntry[];
}

/** Body of a POST to `capabilities.run`. Exactly one of `tokens` and `text` is given. */
export interface RunRequest {
  readonly model: string;
  readonly tokens?: number[] | null;
  readonly text?: string | null;
  /**
   * What the decoder has written: token ids, or text behind its start token; none: its start token.
   */
  readonly decoder?: number[] | string | null;
}

/** The `__metadata__` entry `run` of a safetensors file of a run, as JSON. */
export interface RunInfo {
  readonly model: string;
  readonly tokens: number[];
  /** The text of each token. */
  readonly texts: string[];
  /** The length of each input that axes name in `length_of`. */
  readonly lengths: Record<string, number>;
  /** The token ids that the decoder has read. */
  readonly decoder?: number[];
  readonly decoder_texts?: string[];
  /**
   * The likeliest next tokens with their texts, most likely first, where the bundle does not list
   * all texts.
   */
  readonly next?: [number, string][];
}

/** Body of every 4xx answer: a sentence that says what was expected and what came. */
export interface Failure {
  readonly error: string;
}

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
 * first rest split`), `name#k` for slab k alone, `a>b` for the ribbon from a to b (`flow`: whole
 * numbers are rest) and the numbered things below. `*` stands for every layer.
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

/** A tour that the bundle offers. */
export interface TourEntry {
  readonly name: string;
  readonly title: string;
  /** Language (`en`, `de`) to the path of the tour's file, relative to the bundle. */
  readonly paths: Record<string, string>;
}
