/** Keys that mean the same wherever one is, and those of the scene and the explanation. */
import { stepOfKey } from "../state/move";
import type { Page } from "../state/page.svelte";

export interface KeyActions {
  find(): void;
  help(): void;
}

/** Does what a key asks for; whether it asked for anything. */
export function pressed(event: KeyboardEvent, page: Page, actions: KeyActions): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement;
  if (target.matches("input, select, textarea")) return false;
  const { key } = event;
  if (key === "Escape") {
    if (page.pinned) page.unpin();
    else page.hover(null);
  } else if (key === "/") actions.find();
  else if (key === "?") actions.help();
  else if (!page.pinned || !target.closest("[data-moves]")) return false;
  else if (stepOfKey(key) && !event.shiftKey) page.move(stepOfKey(key)!);
  else if (key === "Enter" && !target.closest("button")) page.followLargest();
  else if (key === "Backspace" && page.trail.length > 1) page.backTo(page.trail.length - 2);
  else return false;
  return true;
}
