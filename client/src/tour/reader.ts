/** What the words of a tour need of the page: whose numbers they show, and what they light up. */
import type { Values } from "../bundle";
import type { BoundSelector } from "../timeline";

export interface Thing {
  readonly what: string;
  readonly name: string;
  readonly index: readonly BoundSelector[];
}

export interface Reader {
  readonly values: Values | undefined;
  readonly language: string;
  has(tensor: string): boolean;
  roleOf(tensor: string): string;
  /** Whether what is pointed at in the picture is what the words name. */
  isLit(what: string, name: string): boolean;
  /** The words are pointed at. */
  point(thing: Thing | null): void;
  /** They are clicked. */
  follow(thing: Thing): void;
}
