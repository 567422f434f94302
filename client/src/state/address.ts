/**
 * The address of a view: models, prompt, selected cell, camera, theme and language, written behind the `#`.
 *
 * The fragment is used, not the query, because it works alike on a server, a static host and a file
 * opened from disk. What is absent stays at its default, so that a short address is a short link.
 */
import type { CameraState } from "../render";
import { formatCell, type CellRef } from "../bundle/cell";

export interface Address {
  /** The current model. */
  readonly model?: string;
  /** The other models of the scene, from left to right; `HERE` where the current one is, unless it is the first. */
  readonly with?: readonly string[];
  /** The prompt as text, for models whose tokens are single letters. */
  readonly prompt?: string;
  /** The prompt as token ids, for all others. */
  readonly tokens?: readonly number[];
  /** What the decoder has written, as token ids, for models that have one. */
  readonly decoder?: readonly number[];
  /** The selected cell, as `parseCell` reads it. */
  readonly cell?: string;
  readonly camera?: CameraState;
  readonly theme?: "light" | "dark";
  /** The language of the page, for example `de`. */
  readonly lang?: string;
  /** The chapter of the guide, and the time in it in seconds. */
  readonly chapter?: string;
  readonly time?: number;
}

/** Stands for the current model among the others. */
const HERE = "*";

/** The names of the scene as `Address.with`. */
export function othersOf(names: readonly string[], current: string): string[] {
  const others = names.map((name) => (name === current ? HERE : name));
  return others[0] === HERE ? others.slice(1) : others;
}

/** The names of the scene from left to right, each once. */
export function namesOf(current: string, others: readonly string[] = []): string[] {
  const names = others.includes(HERE) ? others : [HERE, ...others];
  return [...new Set(names.map((name) => (name === HERE ? current : name)))];
}

/** `blocks.0.attn.q[3, 0, 5]` without what would have to be escaped in an address. */
export function cellForAddress(cell: CellRef): string {
  return formatCell(cell).replace("[", ":").replace("]", "").replaceAll(" ", "");
}

const isId = (n: number): boolean => Number.isInteger(n) && n >= 0;

/** A fragment or a query. Anything that is not understood is left out: an old or mistyped link still opens. */
export function parseAddress(fragment: string): Address {
  const fields = new URLSearchParams(fragment.replace(/^[#?]/, ""));
  const text = (name: string) => fields.get(name) || undefined;
  const theme = text("theme");
  const cell = text("cell")?.replace(/^([^:[]+):(.*)$/, "$1[$2]");
  return definedOnly({
    model: text("model"),
    with: text("with")?.split(",").filter(Boolean).map(decoded),
    prompt: text("prompt"),
    tokens: numbers(text("tokens"), isId),
    decoder: numbers(text("decoder"), isId),
    cell,
    camera: parseCamera(text("camera")),
    theme: theme === "light" || theme === "dark" ? theme : undefined,
    lang: text("lang"),
    chapter: text("chapter"),
    time: numbers(text("t"), (t) => Number.isFinite(t) && t >= 0)?.[0],
  });
}

/** The fragment without `#`; the inverse of `parseAddress` up to the camera's last digits. */
export function formatAddress(address: Address): string {
  const fields: [string, string | undefined][] = [
    ["model", address.model],
    [
      "with",
      address.with?.map((name) => name.replaceAll("%", "%25").replaceAll(",", "%2C")).join(","),
    ],
    ["prompt", address.prompt],
    ["tokens", address.tokens?.join(",")],
    ["decoder", address.decoder?.join(",")],
    ["cell", address.cell?.replace(/\[(.*)\]$/, ":$1").replaceAll(" ", "")],
    ["camera", address.camera && formatCamera(address.camera)],
    ["theme", address.theme],
    ["lang", address.lang],
    ["chapter", address.chapter],
    ["t", address.time === undefined ? undefined : String(round(address.time, 3))],
  ];
  return fields
    .filter((field): field is [string, string] => field[1] !== undefined && field[1] !== "")
    .map(([name, value]) => `${name}=${escaped(value)}`)
    .join("&");
}

/** Commas, colons and `@` are allowed in a fragment and are easier to read than %2C, %3A and %40. */
function escaped(value: string): string {
  return encodeURIComponent(value)
    .replaceAll("%2C", ",")
    .replaceAll("%3A", ":")
    .replaceAll("%40", "@");
}

/** A name whose commas were escaped before the whole was; a stray `%` stays as it is. */
function decoded(name: string): string {
  return name.replaceAll("%2C", ",").replaceAll("%25", "%");
}

function formatCamera({ target, azimuth, elevation, distance }: CameraState): string {
  const lengths = target.map((x) => round(x, 1));
  return [...lengths, round(azimuth, 3), round(elevation, 3), round(distance, 1)].join(",");
}

function parseCamera(text: string | undefined): CameraState | undefined {
  const n = numbers(text, Number.isFinite);
  if (n?.length !== 6 || n[5]! <= 0) return undefined;
  return { target: [n[0]!, n[1]!, n[2]!], azimuth: n[3]!, elevation: n[4]!, distance: n[5]! };
}

function numbers(text: string | undefined, isValid: (n: number) => boolean): number[] | undefined {
  const list = text?.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return list?.every(isValid) ? list : undefined;
}

function round(x: number, digits: number): number {
  return Number(x.toFixed(digits));
}

function definedOnly<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
