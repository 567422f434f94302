/** What keys do to a tour. */
import type { Player } from "./player.svelte";

/** Does what a key asks for; whether it asked for anything. `isCellPinned`: then arrows move that cell. */
export function pressed(event: KeyboardEvent, player: Player, isCellPinned: boolean): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement;
  if (target.matches("input, select, textarea") || target.closest("dialog")) return false;
  const { key } = event;
  if (key === " ") {
    if (target.closest("button, summary") && !target.closest("[data-testid=tour-play]"))
      return false;
    player.toggle();
    return true;
  }
  if (isCellPinned) return false;
  if (key === "ArrowRight" || key === "PageDown") player.skip();
  else if (key === "ArrowLeft" || key === "PageUp") player.back();
  else if (key === "Home") player.restart();
  else if (key === "n") player.go(player.at + 1);
  else if (key === "p") player.go(player.at - 1);
  else if (/^[1-9]$/.test(key)) player.stop(Number(key) - 1);
  else return false;
  return true;
}
