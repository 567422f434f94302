/** Light or dark: as the system has it, until the visitor chooses; the choice is remembered. */
import { MediaQuery } from "svelte/reactivity";
import { themes, type Theme } from "../theme/palette";
import { remember, remembered } from "./remembered";

const KEY = "cutaway.theme";

export class ThemeChoice {
  chosen = $state<"light" | "dark" | null>(chosenBefore());
  private readonly prefersDark = new MediaQuery("(prefers-color-scheme: dark)", false);

  readonly theme: Theme = $derived(
    themes[this.chosen ?? (this.prefersDark.current ? "dark" : "light")],
  );

  /** For this page only, as a link asks for it. */
  follow(name: "light" | "dark"): void {
    this.chosen = name;
  }

  /** For this page and the next ones. */
  choose(name: "light" | "dark"): void {
    this.chosen = name;
    remember(KEY, name);
  }

  toggle(): void {
    this.choose(this.theme.name === "dark" ? "light" : "dark");
  }
}

function chosenBefore(): "light" | "dark" | null {
  const name = remembered(KEY);
  return name === "light" || name === "dark" ? name : null;
}
