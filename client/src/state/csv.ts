/** A slice of a tensor as comma-separated values: all of it, in full precision, with positions. */
import type { Values } from "../bundle/values";
import type { Slice } from "./table";

/** RFC 4180: a header with the columns' positions, then one line for each row, ended by CRLF. */
export function csvOf(name: string, slice: Slice, values: Values): string {
  const axes = [slice.rowAxis?.name, slice.columnAxis?.name].filter(Boolean).join(" \\ ");
  const fixed = slice.fixed.map(({ axis, position }) => `${axis.name} = ${position}`);
  const columns = positions(slice.columns);
  const corner = `${[name, ...fixed].join(", ")}${axes ? `: ${axes}` : ""}`;
  const lines = [[quoted(corner), ...columns].join(",")];
  for (const row of positions(slice.rows)) {
    const cells = columns.map((column) =>
      exact(values.at({ tensor: name, index: slice.indexAt(row, column) })),
    );
    lines.push([String(row), ...cells].join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

function positions(length: number): number[] {
  return Array.from({ length }, (_, position) => position);
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
