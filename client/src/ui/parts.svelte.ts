/** What the first picture does without, fetched once it is there or somebody needs it. */
import type { Notices } from "../state/notices.svelte";
import { words } from "../words";

export class Parts {
  loaded = $state.raw<typeof import("./later") | null>(null);

  constructor(private readonly notices: Notices) {}

  /** Null when it could not be fetched, which is said. */
  async load(): Promise<typeof import("./later") | null> {
    try {
      return (this.loaded ??= await import("./later"));
    } catch {
      this.notices.say(words.notices.noPart);
      return null;
    }
  }
}
