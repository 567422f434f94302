/** A chapter for one run: its tracks, and what they do to the picture, with every number put in. */
import type { LoadedModel, Values, wire } from "../bundle";
import type { CopyPlan, Staging } from "../render";
import { type BoundSelector, type BoundTrack, bindTracks, numberOf, selectorOf } from "../timeline";

export interface Bound extends Staging {
  readonly chapter: wire.Chapter;
  readonly values: Values;
  readonly tracks: readonly BoundTrack[];
}

export function bind(chapter: wire.Chapter, values: Values): Bound {
  const targets = (group: number): readonly string[] => chapter.groups[group] ?? [];
  const number = (value: wire.Value | null | undefined): number | null =>
    value === null || value === undefined ? null : numberOf(value, values);
  const span = (piece: wire.Span | null | undefined): readonly [number, number] | null =>
    piece ? [numberOf(piece[1], values), numberOf(piece[2], values)] : null;
  return {
    chapter,
    values,
    tracks: bindTracks(chapter, values),
    sweeps: (chapter.sweeps ?? []).map(({ group, by, column, row }) => ({
      targets: targets(group),
      by,
      column: number(column),
      row: number(row),
    })),
    splits: (chapter.splits ?? []).map(({ group, columns, rows }) => ({
      targets: targets(group),
      columns: span(columns),
      rows: span(rows),
    })),
    copies: (chapter.copies ?? []).map((copy) => planOf(copy, values)),
    marks: (chapter.marks ?? []).map(({ tensor, index }) => ({
      tensor,
      index: index.map((selector) => {
        const bound = selectorOf(selector, values);
        return typeof bound === "number" ? bound : ([bound[0], bound[1], 1] as const);
      }),
    })),
  };
}

/** A copy as a piece of one slab of its block, or as numbers of its own. */
function planOf(copy: wire.Copy, values: Values): CopyPlan {
  const { model } = values;
  const index = copy.index.map((selector) => selectorOf(selector, values));
  const box = boxOf(model, copy.tensor);
  const along = (axis: string | null | undefined): readonly [number, number] => {
    const selector = index[axesOf(model, copy.tensor).indexOf(axis ?? "")];
    if (selector === undefined) return [0, 1];
    return typeof selector === "number" ? [selector, selector + 1] : selector;
  };
  const columns = along(box.columns);
  const rows = along(box.rows);
  const plan = {
    tensor: copy.tensor,
    slab: along(box.depth)[0],
    column: columns[0],
    row: rows[0],
    columns: columns[1] - columns[0],
    rows: rows[1] - rows[0],
    shown: copy.shown ?? 0,
    numbers: null,
  };
  if (!copy.times) return plan;
  const others = copy.times.index.map((selector) => selectorOf(selector, values));
  const a = numbersOf(values, copy.tensor, index);
  const b = numbersOf(values, copy.times.tensor, others);
  const products = Float32Array.from(a, (x, i) => x * b[i]!);
  if (copy.running) {
    let sum = 0;
    products.forEach((product, i) => (products[i] = sum += product));
  }
  return { ...plan, columns: 1, rows: products.length, numbers: products };
}

/** The values of some cells, the last axis fastest. */
export function numbersOf(
  values: Values,
  tensor: string,
  index: readonly BoundSelector[],
): number[] {
  let cells: number[][] = [[]];
  for (const selector of index) {
    const [from, to] = typeof selector === "number" ? [selector, selector + 1] : selector;
    const positions = Array.from({ length: Math.max(to - from, 0) }, (_, i) => from + i);
    cells = cells.flatMap((before) => positions.map((position) => [...before, position]));
  }
  return cells.map((cell) => values.at({ tensor, index: cell }) ?? NaN);
}

function axesOf(model: LoadedModel, tensor: string): string[] {
  return model.tensor(tensor).axes.map(({ name }) => name);
}

function boxOf(model: LoadedModel, tensor: string): wire.Box {
  const { spec, layer } = model.tensor(tensor);
  const found = model.spec.scene.boxes.filter((box) => box.tensor === spec.name);
  const own = found.find(
    ({ layers }) => !layers?.length || (layer !== null && layers.includes(layer)),
  );
  return own ?? { tensor, x: 0, y: 0, z: 0 };
}
