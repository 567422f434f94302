/** The worker from within the page, for a page that is a single file; see `vite.config.ts`. */
import EvaluateWorker from "./worker?worker&inline";

/** Throws where workers are forbidden; null where there are none. */
export function startWorker(): Worker | null {
  return typeof Worker === "undefined" ? null : new EvaluateWorker();
}
