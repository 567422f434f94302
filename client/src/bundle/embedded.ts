/**
 * Files of a bundle that stand in the page itself, as they do in an export of a single file: one
 * `<script type="application/json" data-file="PATH">` for JSON, one of `text/plain` in base64 for the rest.
 */
import { words } from "../words";
import { BundleError } from "./errors";

/** The file at `path`; null where the page does not hold it. Throws BundleError for damaged base64. */
export function embeddedFile(path: string): ArrayBuffer | null {
  if (typeof document === "undefined") return null;
  const element = document.querySelector(`script[data-file=${JSON.stringify(path)}]`);
  if (element === null) return null;
  const text = element.textContent ?? "";
  if (element.getAttribute("type") === "application/json") {
    return new TextEncoder().encode(text).buffer;
  }
  try {
    const characters = atob(text);
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
    return bytes.buffer;
  } catch (error) {
    throw new BundleError(words.files.noBase64(path), {
      cause: error,
    });
  }
}
