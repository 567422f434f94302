/**
 * Two models side by side: sizes, kinds, and what each kind of part has and does. Rows are matched by the
 * names that the bundle gives them; nothing here knows what they stand for.
 */
import type { Model, Part } from "../bundle/wire";
import { memory, PRECISIONS, workPerToken } from "./figures";

export type Unit = "count" | "bytes";

export interface Row {
  readonly label: string;
  /** Of each model: a number, words, or nothing of the kind. */
  readonly values: readonly [number | string | null, number | string | null];
  readonly unit: Unit;
  readonly differs: boolean;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Everything that can be compared; work is that of one token where there are `tokens` of them. */
export function compared(a: Model, b: Model, tokens: number): Section[] {
  const models = [a, b] as const;
  const counted = (label: string, of: (model: Model) => number | null, unit: Unit = "count"): Row =>
    row(label, [of(a), of(b)], unit);
  return [
    {
      title: "Size",
      rows: [
        counted("parameters", ({ cost }) => cost.parameters),
        counted("active parameters", ({ cost }) => cost.active_parameters),
        ...named(models.map(({ sizes }) => sizes)),
        counted("multiply-adds per token", ({ parts }) => workPerToken(parts, tokens)),
        counted("cache per token", ({ cost }) => cost.cache_bytes_per_token, "bytes"),
        ...PRECISIONS.map(({ name, bytes }) =>
          counted(`weights as ${name}`, (model) => memory(model, bytes), "bytes"),
        ),
      ],
    },
    { title: "Kinds", rows: named(models.map(({ traits }) => traits)) },
    { title: "Parameters by part", rows: byPart(models, ({ parameters }) => parameters) },
    {
      title: "Active parameters by part",
      rows: byPart(models, ({ active_parameters: active }) => active),
    },
    {
      title: "Multiply-adds per token, by part",
      rows: byPart(models, (part) => workPerToken([part], tokens)),
    },
  ].map((section) => ({ ...section, rows: section.rows.filter(isThere) }));
}

function row(label: string, values: Row["values"], unit: Unit = "count"): Row {
  return { label, values, unit, differs: values[0] !== values[1] };
}

/** What both have none of is not worth a line. */
function isThere({ values }: Row): boolean {
  return values.some((value) => value !== null && value !== 0);
}

/** Rows by name, in the order of the first model, then what only the second has. */
function named(models: readonly Readonly<Record<string, number | string>>[]): Row[] {
  const names = new Set(models.flatMap((model) => Object.keys(model)));
  return [...names].map((name) => row(name, [models[0]![name] ?? null, models[1]![name] ?? null]));
}

function byPart(models: readonly Model[], of: (part: Part) => number): Row[] {
  const parts = models.map(({ parts }) => new Map(parts.map((part) => [part.kind, part])));
  const kinds = new Map(
    models.flatMap(({ parts }) => parts.map(({ kind, label }) => [kind, label])),
  );
  return [...kinds].map(([kind, label]) => {
    const [a, b] = parts.map((known) => known.get(kind)).map((part) => (part ? of(part) : null));
    return row(label, [a!, b!]);
  });
}

/** How many times as much the second is; null where there is nothing to divide. */
export function ratio({ values: [a, b] }: Row): number | null {
  return typeof a === "number" && typeof b === "number" && a > 0 && b > 0 ? b / a : null;
}

/** RFC 4180, with whole numbers in full. */
export function comparisonCsv(
  titles: readonly [string, string],
  sections: readonly Section[],
): string {
  const lines = [["section", "", ...titles, "second / first", "differs"]];
  for (const { title, rows } of sections) {
    for (const each of rows) {
      const times = ratio(each);
      lines.push([
        title,
        each.label + (each.unit === "bytes" ? " (bytes)" : ""),
        ...each.values.map((value) => String(value ?? "")),
        times === null ? "" : String(Number(times.toPrecision(6))),
        each.differs ? "yes" : "no",
      ]);
    }
  }
  return lines.map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
