/** Sentences for the visitor: what went wrong and what to do, until dismissed or no longer true. */
import { CutawayError } from "../bundle/errors";
import { words } from "../words";
import { labelled } from "./labels.svelte";

export interface Action {
  readonly label: string;
  readonly act: () => void;
}

export interface Notice {
  readonly text: string;
  readonly action?: Action | undefined;
  /** What it is about, if it can cease to hold: a later notice about the same takes its place. */
  readonly about?: string | undefined;
}

export class Notices {
  all = $state.raw<readonly Notice[]>([]);

  /** The same sentence is not said twice at once. */
  say(text: string, action?: Action, about?: string): void {
    if (about !== undefined) this.settle(about);
    this.take(text);
    this.all = [...this.all, { text, action, about }];
  }

  /** An error as a sentence; one that is a bug of ours says so, and stays in the console. */
  fail(error: unknown, action?: Action, about?: string): void {
    // A sentence of the server is English, and has a phrase in the language of the page.
    if (error instanceof CutawayError) return this.say(labelled(error.message), action, about);
    console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    this.say(words.notices.bug(message), action, about);
  }

  dismiss(notice: Notice): void {
    this.all = this.all.filter((each) => each !== notice);
  }

  /** Takes back what was said about something that is well now. */
  settle(about: string): void {
    this.all = this.all.filter((notice) => notice.about !== about);
  }

  /** Takes a sentence back once it no longer holds. */
  take(text: string): void {
    this.all = this.all.filter((notice) => notice.text !== text);
  }
}
