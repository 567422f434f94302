/**
 * Generated from src/cutaway/wire/costs.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * What a model costs, in all and by kind of part.
 */

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
  /**
   * The same of a text as long as the context; of layers with a window no more tokens than it
   * holds.
   */
  readonly cache_bytes_full: number;
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
