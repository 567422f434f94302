/** The formulas of a component: typeset once KaTeX has come, and set smaller where their places are narrow. */
import { onDestroy } from "svelte";
import { Fitting } from "./fitted";
import { loadKatex, Typesetter } from "./typeset";

/** Made with the component, and gone with it. */
export class Typesetting {
  /** None until KaTeX has arrived, or where it does not: formulas are plain text then. */
  typesetter = $state.raw<Typesetter>();
  private readonly fitting = new Fitting();

  constructor() {
    void loadKatex().then(
      (katex) => (this.typesetter = new Typesetter(katex)),
      () => undefined,
    );
    onDestroy(() => this.fitting.stop());
  }

  /** Puts a formula into its place, in a size that fits. */
  show(place: HTMLElement, formula: HTMLElement): void {
    if (place.firstChild === formula) return;
    place.replaceChildren(formula);
    this.fitting.see(formula);
  }
}
