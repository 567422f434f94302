/** Sentences for the visitor: what went wrong and what to do, until dismissed. */
import { CutawayError } from "../bundle/errors";
import { words } from "../words";

export interface Action {
  readonly label: string;
  readonly act: () => void;
}

export interface Notice {
  readonly text: string;
  readonly action?: Action | undefined;
}

export class Notices {
  all = $state.raw<readonly Notice[]>([]);

  /** The same sentence is not said twice at once. */
  say(text: string, action?: Action): void {
    this.all = [...this.all.filter((notice) => notice.text !== text), { text, action }];
  }

  /** An error as a sentence; one that is a bug of ours says so, and stays in the console. */
  fail(error: unknown, action?: Action): void {
    if (error instanceof CutawayError) return this.say(error.message, action);
    console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    this.say(words.notices.bug(message), action);
  }

  dismiss(notice: Notice): void {
    this.all = this.all.filter((each) => each !== notice);
  }

  /** Takes a sentence back once it no longer holds. */
  take(text: string): void {
    this.all = this.all.filter((notice) => notice.text !== text);
  }
}
