/** What can be done with the models of the scene, by name. */
export interface ModelActions {
  /** Makes it the current one, and looks at it. */
  look(name: string): void;
  remove(name: string): void;
  /** Opens the table that compares two of them. */
  compare(): void;
}
