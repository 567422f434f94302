/** The moment at which a visitor sees something, which all that can wait waits for. */
import type { SceneView } from "../render";

/** Says in the document that the page shows what it was opened for: `html[data-ready=true]`. */
export function sayReady(): void {
  document.documentElement.dataset["ready"] = "true";
}

/** Calls back once `view` has drawn its next frame. */
export function atNextFrame(view: SceneView, act: () => void): void {
  const stop = view.on("draw", () => {
    stop();
    act();
  });
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
