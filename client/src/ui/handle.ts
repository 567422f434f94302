/** What of a page is open to tests and tools, and when somebody is at it. */
import type { SceneView } from "../render";
import type { Page } from "../state/page.svelte";

/** `window.cutaway`. */
export function handleOf(page: Page, view: () => SceneView | null): NonNullable<Window["cutaway"]> {
  return {
    page,
    get view() {
      return view();
    },
    get stats() {
      return view()?.stats ?? null;
    },
    project(cell) {
      const at = view()?.project(cell);
      if (!at) return null;
      const { left, top } = document.querySelector("canvas")!.getBoundingClientRect();
      return { x: at.x + left, y: at.y + top, visible: at.visible };
    },
  };
}

const INPUT = ["pointermove", "pointerdown", "keydown", "wheel", "focusin"] as const;
const PATIENCE_MS = 5000;

/** Calls back once, when a visitor does something, or has looked on for a while. */
export function atFirstInput(act: () => void): void {
  const stop = new AbortController();
  const once = () => {
    if (stop.signal.aborted) return;
    stop.abort();
    clearTimeout(timer);
    act();
  };
  const timer = setTimeout(once, PATIENCE_MS);
  for (const type of INPUT) {
    window.addEventListener(type, once, { signal: stop.signal, capture: true, passive: true });
  }
}

/** The height at which a frame of this width shows the picture best. */
export function heightFor(width: number, chrome: boolean, narrow: boolean): number {
  const scene = Math.max(320, width * (narrow ? 0.95 : 0.56));
  if (!chrome) return scene;
  return scene + (narrow ? 48 + 300 : 52 + 68);
}
