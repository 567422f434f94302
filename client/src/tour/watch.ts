/** An author at work: the tour is read again when it has changed, and its mistakes are said on the page. */
import type { wire } from "../bundle";
import type { Notices } from "../state/notices.svelte";

const EVERY_MS = 1000;

interface Watched {
  read(): Promise<wire.Tour>;
  shown(): wire.Tour | null;
  show(tour: wire.Tour): void;
  notices: Notices;
}

/** Looks every second, one look after the other; returns what ends it. */
export function watch({ read, shown, show, notices }: Watched): () => void {
  let said = "";
  let isOver = false;
  async function look(): Promise<void> {
    try {
      const next = await read();
      if (isOver) return;
      if (said) notices.take(said);
      said = "";
      if (JSON.stringify(next) !== JSON.stringify(shown())) show(next);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (isOver || message === said) return;
      if (said) notices.take(said);
      said = message;
      notices.say(message);
    }
  }
  async function again(): Promise<void> {
    await look();
    if (!isOver) timer = setTimeout(() => void again(), EVERY_MS);
  }
  let timer = setTimeout(() => void again(), EVERY_MS);
  return () => {
    isOver = true;
    clearTimeout(timer);
    if (said) notices.take(said);
  };
}
