/** Reading a compiled tour, which is a file of its own: most visitors of a page never ask for it. */
import { embeddedFile } from "./embedded";
import { words } from "../words";
import { BundleError } from "./errors";
import { fetchBytes } from "./fetch";
import type * as wire from "./wire";

/** The tour at `path`. Throws BundleError when it cannot be fetched or is no tour. */
export async function loadTour(base: URL, path: string): Promise<wire.Tour> {
  const bytes = embeddedFile(path) ?? (await fetchBytes(path, new URL(path, base), {}));
  try {
    const tour = JSON.parse(new TextDecoder().decode(bytes)) as wire.Tour;
    if (!Array.isArray(tour.chapters)) throw new Error("it has no chapters");
    return tour;
  } catch (error) {
    throw new BundleError(words.files.noTour(path), {
      cause: error,
    });
  }
}
