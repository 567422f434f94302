/** Sources of a cell: how a range of them is written, and which single cell stands for it. */
import type { CellRef } from "../bundle/cell";
import type { LoadedModel } from "../bundle/model";
import type { Explanation, Source } from "../formula";

/** What is needed of an explanation here. */
type Read = Pick<Explanation, "sums" | "sources">;

type Selector = Source["index"][number];

/** `5`, `0…47`, or `0…8 by 2`. */
export function rangeText(at: Selector): string {
  if (typeof at === "number") return String(at);
  const [start, stop, step] = at;
  const count = Math.ceil((stop - start) / step);
  if (count <= 0) return "none";
  if (count === 1) return String(start);
  const range = `${start}…${start + (count - 1) * step}`;
  return Math.abs(step) === 1 ? range : `${range} by ${step}`;
}

export function isWithin(source: Source, cell: CellRef): boolean {
  if (source.tensor !== cell.tensor) return false;
  return source.index.every((at, axis) => {
    const position = cell.index[axis]!;
    if (typeof at === "number") return at === position;
    const [start, stop, step] = at;
    const count = Math.ceil((stop - start) / step);
    const steps = (position - start) / step;
    return Number.isInteger(steps) && steps >= 0 && steps < count;
  });
}

/**
 * The cell to go to for a source: of a range, the one in the largest term that reads it, else the
 * first.
 */
export function cellOfSource(source: Source, explanation: Read): CellRef {
  for (const sum of explanation.sums) {
    const factors = sum.largest(1)[0]?.factors ?? [];
    const factor = factors.find(({ cell }) => cell && isWithin(source, cell));
    if (factor?.cell) return factor.cell;
  }
  return {
    tensor: source.tensor,
    index: source.index.map((at) => (typeof at === "number" ? at : at[0])),
  };
}

/**
 * The source that Enter follows: in the largest term, or else among all sources, the one that was
 * computed or typed rather than learned, so that following again and again leads to the tokens.
 */
export function largestSource(model: LoadedModel, explanation: Read): CellRef | null {
  const isWeight = (cell: CellRef) => model.tensor(cell.tensor).spec.role === "weight";
  const largest = explanation.sums[0]?.largest(1)[0]?.factors.map(({ cell }) => cell) ?? [];
  const all = explanation.sources.map((source) => cellOfSource(source, explanation));
  const candidates = [...largest, ...all].filter((cell) => cell !== null);
  return candidates.find((cell) => !isWeight(cell)) ?? candidates[0] ?? null;
}
