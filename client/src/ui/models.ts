import type { Model } from "../bundle/wire";
import type { Length } from "../state/choices";

/** What can be done with the models of the scene, by name. */
export interface ModelActions {
  /** Makes it the current one, and looks at it. */
  look(name: string): void;
  remove(name: string): void;
  /** The same model drawn for other numbers of tokens, and itself. */
  lengths(spec: Model): Length[];
  /** Puts another in its place. */
  exchange(name: string, other: string): Promise<void>;
  /** Whether one of them is on its way. */
  isComing(names: readonly string[]): boolean;
  /** Opens the table that compares two of them. */
  compare(): void;
}
