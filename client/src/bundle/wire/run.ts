/**
 * Generated from src/cutaway/wire/run.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * Asking the server for a run, and what comes with its values.
 */

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
  /** What one types to get the tokens of the prompt; none: their texts, one after the other. */
  readonly text?: string | null;
  /** The same of the decoder, behind its start token. */
  readonly decoder_text?: string | null;
}

/** Body of every 4xx answer: a sentence that says what was expected and what came. */
export interface Failure {
  readonly error: string;
}
