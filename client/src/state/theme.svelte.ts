/** Light or dark: as the system has it, until the visitor chooses; the choice is remembered. */
import { MediaQuery } from "svelte/reactivity";
import { themes, type Theme } from "../theme/palette";

const KEY = "cutaway.theme";

export class ThemeChoice {
  chosen = $state<"light" | "dark" | null>(remembered());
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
    try {
      localStorage.setItem(KEY, name);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  }

  toggle(): void {
    this.choose(this.theme.name === "dark" ? "light" : "dark");
  }
}

function remembered(): "light" | "dark" | null {
  try {
    const name = localStorage.getItem(KEY);
    return name === "light" || name === "dark" ? name : null;
  } catch {
    return null;
  }
}
