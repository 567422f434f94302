/**
 * Reading safetensors files: eight bytes for the length of a JSON header, the header, then the
 * values. Arrays are views into the file's own buffer wherever its alignment allows.
 *
 * Format: https://github.com/huggingface/safetensors#format
 */
import { words } from "../words";
import { BundleError } from "./errors";

/** Values in row-major order of `shape`, unless `strides` says otherwise. */
export interface ValueArray {
  readonly data: Float32Array | Int32Array;
  readonly shape: number[];
  /** The steps between neighbours along each axis, of numbers that lie there for another tensor. */
  readonly strides?: readonly number[];
}

export interface Safetensors {
  readonly arrays: Map<string, ValueArray>;
  /** The header's `__metadata__`. */
  readonly metadata: Record<string, string>;
}

const TYPES = { F32: Float32Array, I32: Int32Array } as const;
const LENGTH_BYTES = 8;
/** No header is longer, says the format; a number above it comes from another kind of file. */
const MAX_HEADER_BYTES = 100_000_000;

/** Bytes before the values, read from the `start` of a file; null when it does not say. */
export function headerBytes(start: Uint8Array): number | null {
  if (start.byteLength < LENGTH_BYTES) return null;
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  return length > MAX_HEADER_BYTES ? null : LENGTH_BYTES + length;
}

/**
 * The arrays of a safetensors file. `where` names the file in messages.
 *
 * Throws BundleError when the bytes are cut off, damaged, or of a type that bundles do not use.
 */
export function parseSafetensors(buffer: ArrayBuffer, where: string): Safetensors {
  const { header, start } = readHeader(buffer, where);
  const arrays = new Map<string, ValueArray>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") metadata = entry as Record<string, string>;
    else arrays.set(name, readArray(buffer, start, entry, words.files.tensorIn(name, where)));
  }
  return { arrays, metadata };
}

function readHeader(buffer: ArrayBuffer, where: string): { header: object; start: number } {
  if (buffer.byteLength < LENGTH_BYTES) {
    throw new BundleError(words.files.short(where, buffer.byteLength));
  }
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const start = LENGTH_BYTES + length;
  if (start > buffer.byteLength) {
    throw new BundleError(words.files.shortHeader(where, start, buffer.byteLength));
  }
  let header: unknown;
  try {
    const bytes = new Uint8Array(buffer, LENGTH_BYTES, length);
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new BundleError(words.files.headerNoJson(where));
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new BundleError(words.files.headerNoObject(where));
  }
  return { header, start };
}

function readArray(buffer: ArrayBuffer, start: number, entry: unknown, where: string): ValueArray {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new BundleError(words.files.noShape(where));
  }
  if (dtype !== "F32" && dtype !== "I32") {
    throw new BundleError(words.files.type(where, String(dtype)));
  }
  const [begin, end] = offsets as [number, number];
  const count = shape.reduce((product, length) => product * length, 1);
  if (end - begin !== count * 4) {
    throw new BundleError(words.files.size(where, count * 4, shape.join(" x "), end - begin));
  }
  if (start + end > buffer.byteLength) {
    throw new BundleError(words.files.shortTensor(where, start + end, buffer.byteLength));
  }
  const aligned = (start + begin) % 4 === 0;
  const bytes = aligned ? buffer : buffer.slice(start + begin, start + end);
  return { data: new TYPES[dtype](bytes, aligned ? start + begin : 0, count), shape };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0);
}
