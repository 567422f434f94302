/**
 * Generated from src/cutaway/wire/definition.py by `python -m cutaway.wire_typescript`. Do not
 * edit.
 *
 * What a model is, without numbers: axes, named tensors with their formulas, the tree of modules.
 */

import type { Expr } from "./expressions";

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
  /**
   * Of a weight: the weight whose numbers these are, with the same axes in another order; files
   * hold them once.
   */
  readonly tied_to?: string | null;
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
