/**
 * Generated from src/cutaway/wire/bundle.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * `bundle.json`: models, what can be added to them, and what stands behind the page.
 */

import type { Cost, Part } from "./costs";
import type { Axis, AxisKind, Module, Tensor } from "./definition";
import type { Scene } from "./scene";
import type { Stage } from "./stages";

export const VERSION = 1;

/** A tour that the bundle offers. */
export interface TourEntry {
  readonly name: string;
  readonly title: string;
  /** Language (`en`, `de`) to the path of the tour's file, relative to the bundle. */
  readonly paths: Record<string, string>;
}

/** How a prompt is typed. `tokens` is none when the vocabulary is not in the bundle. */
export interface Vocabulary {
  readonly size: number;
  /** The text of every token id. */
  readonly tokens?: string[] | null;
  /** The token that hides another one, of models that predict hidden ones. */
  readonly mask?: number | null;
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
  /** Its steps of computation, to be lined up with those of other models. */
  readonly stages: Stage[];
  /** The name of the same model at its true context, where this one is drawn for fewer tokens. */
  readonly whole: string | null;
  /** The context of the model, for however many tokens it is drawn. */
  readonly true_context: number;
}

/** What is behind the bundle: addresses relative to it, or none. */
export interface Capabilities {
  /** POST a `RunRequest` here; the answer is a safetensors file of every value. */
  readonly run?: string | null;
  /** Whether an author is at work: tours may change while they are read. */
  readonly live?: boolean;
}

/**
 * A model that can be fetched and added: a well-known one, structure without values, or one of the
 * bundle's own drawn for another number of tokens, with the same values.
 */
export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /**
   * Of a bundle with this one model, relative to the bundle that lists it; so are the paths in it.
   */
  readonly path: string;
  /** How many tokens it is drawn for. */
  readonly context: number;
  /** The name of the same model at its true context, where this one is drawn for fewer tokens. */
  readonly whole: string | null;
}

/** `bundle.json` */
export interface Bundle {
  readonly version: number;
  readonly kinds: AxisKind[];
  readonly models: Model[];
  readonly capabilities: Capabilities;
  /** What can be added to `models`. */
  readonly catalogue: CatalogueEntry[];
  /** Language to the path of what models say about themselves in it, by the English text. */
  readonly phrases: Record<string, string>;
}
