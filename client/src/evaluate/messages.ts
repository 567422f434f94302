/** What the page and the worker that computes runs say to each other. */
import type { ValueArray, wire } from "../bundle";

/** From the page: a model to compute, once; then prompts. */
export type Request =
  | {
      readonly kind: "open";
      readonly spec: wire.Model;
      readonly kinds: readonly wire.AxisKind[];
      readonly weights: ReadonlyMap<string, ValueArray>;
    }
  | {
      readonly kind: "run";
      readonly id: number;
      readonly tokens: readonly number[];
      readonly decoder: readonly number[];
    };

/** From the worker: the values of the run `id`, or why there are none. */
export type Answer =
  | {
      readonly kind: "values";
      readonly id: number;
      readonly arrays: Map<string, ValueArray>;
      /** Milliseconds that the forward pass took. */
      readonly took: number;
    }
  | { readonly kind: "failure"; readonly id: number; readonly sentence: string };
