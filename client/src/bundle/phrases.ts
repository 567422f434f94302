/** Reading what models say about themselves in another language: a file of its own, fetched when somebody reads it. */
import { words } from "../words";
import { embeddedFile } from "./embedded";
import { BundleError } from "./errors";
import { fetchBytes } from "./fetch";

/** English text to the text of the language. Throws BundleError when it cannot be fetched or read. */
export async function loadPhrases(
  base: URL,
  path: string,
): Promise<Readonly<Record<string, string>>> {
  const bytes = embeddedFile(path) ?? (await fetchBytes(path, new URL(path, base), {}));
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string>;
  } catch (error) {
    throw new BundleError(words.files.noJson(path), {
      cause: error,
    });
  }
}
