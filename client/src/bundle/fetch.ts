/** Fetching the files of a bundle: progress while they arrive, a sentence when they do not. */
import { words } from "../words";
import { BundleError } from "./errors";
import type * as wire from "./wire";

export interface Progress {
  /** What is being fetched, for example `weights.safetensors`. */
  readonly what: string;
  readonly bytes: number;
  /** Expected bytes; null when the server does not say. */
  readonly total: number | null;
}

export interface FetchOptions {
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** How many bytes will arrive, read from the first of them, for progress where the server does not say. */
  expected?: ((start: Uint8Array) => number | null) | undefined;
}

/**
 * The body of the answer. `what` names it in messages.
 *
 * Throws BundleError when there is no answer or it is not a success; an AbortError passes through.
 */
export async function fetchBytes(
  what: string,
  url: URL,
  { onProgress, signal, expected, ...init }: FetchOptions & RequestInit = {},
): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: signal ?? null });
    if (response.ok) return await readBody(response, what, expected, onProgress);
  } catch (error) {
    if (isAbort(error) || error instanceof BundleError) throw error;
    throw new BundleError(words.files.unreachable(what, url.origin), { cause: error });
  }
  throw new BundleError(await failureSentence(response, what));
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What a file says of its own length is not trusted beyond this. */
const MOST_BYTES_AT_ONCE = 1_000_000_000;

async function readBody(
  response: Response,
  what: string,
  expected: FetchOptions["expected"],
  onProgress: FetchOptions["onProgress"],
): Promise<ArrayBuffer> {
  if (onProgress === undefined || response.body === null) return response.arrayBuffer();
  // The length of a compressed answer counts other bytes than those that arrive here.
  const length = response.headers.get("content-encoding")
    ? null
    : response.headers.get("content-length");
  let total = length === null ? null : Number(length);
  let bytes = 0;
  onProgress({ what, bytes, total });
  // Large files go straight to where they stay, without a second copy at the end.
  let room = new Uint8Array(0);
  const reader = response.body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    if (bytes === 0) total ??= expected?.(chunk.value) ?? null;
    const end = bytes + chunk.value.byteLength;
    if (end > room.byteLength) {
      const isExpected = total !== null && total >= end && total <= MOST_BYTES_AT_ONCE;
      const before = room;
      room = new Uint8Array(isExpected ? total! : 2 * end);
      room.set(before.subarray(0, bytes));
    }
    room.set(chunk.value, bytes);
    bytes = end;
    onProgress({ what, bytes, total: total === null ? null : Math.max(total, bytes) });
  }
  return bytes === room.byteLength ? room.buffer : room.buffer.slice(0, bytes);
}

/** What the server says is wrong; else what its status means. */
async function failureSentence(response: Response, what: string): Promise<string> {
  const text = await response.text().catch(() => "");
  try {
    const failure = JSON.parse(text) as Partial<wire.Failure>;
    if (typeof failure.error === "string" && failure.error !== "") return failure.error;
  } catch {
    // Not from our server: a proxy or a static host answers in HTML.
  }
  const status = `${response.status} ${response.statusText}`.trim();
  return words.files.refused(what, status);
}
