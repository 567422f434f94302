/** A slice of a tensor as comma-separated values, in full precision, with positions. */
import type { Values } from "../bundle/values";
import type { Slice, Window } from "./table";

type Span = Pick<Window, "from" | "to">;

/** Larger slices are copied in part: as text they would be hundreds of megabytes. */
export const MOST_CELLS = 1_000_000;

/**
 * RFC 4180: a header with the columns' positions, then one line for each row, ended by CRLF. Of these rows and
 * columns, else of all.
 */
export function csvOf(
  name: string,
  slice: Slice,
  values: Values,
  part: { readonly rows: Span; readonly columns: Span } = {
    rows: { from: 0, to: slice.rows },
    columns: { from: 0, to: slice.columns },
  },
): string {
  const axes = [slice.rowAxis?.name, slice.columnAxis?.name].filter(Boolean).join(" \\ ");
  const fixed = slice.fixed.map(({ axis, position }) => `${axis.name} = ${position}`);
  const columns = positions(part.columns);
  const corner = `${[name, ...fixed].join(", ")}${axes ? `: ${axes}` : ""}`;
  const lines = [[quoted(corner), ...columns].join(",")];
  for (const row of positions(part.rows)) {
    const cells = columns.map((column) =>
      exact(values.at({ tensor: name, index: slice.indexAt(row, column) })),
    );
    lines.push([String(row), ...cells].join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

function positions({ from, to }: Span): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** The shortest decimal that is this float32 and no other, as programs read it. */
function exact(value: number | undefined): string {
  if (value === undefined) return "";
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
