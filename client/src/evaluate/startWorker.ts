/** The worker as a file of its own; where the page is a single file, `startWorkerInline` is in its place. */

/** Throws where workers are forbidden; null where there are none. */
export function startWorker(): Worker | null {
  if (typeof Worker === "undefined") return null;
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}
