/**
 * What a lowered expression gives: a flat array with one stride per axis, or a plain number.
 *
 * Lengths are those of one run, so strides and index tables are worked out once, when a formula is
 * lowered, and a forward pass only fills arrays that exist already.
 */
import type { wire } from "../bundle";

/** Nearly always 64 bits: a loop that meets several kinds of arrays reads each of them slowly. */
export type Data = Float64Array | Float32Array;

/** An axis variable with its length in the run; one object per axis of a formula. */
export interface Variable {
  readonly axis: wire.Axis;
  readonly length: number;
}

export interface ArrayView {
  readonly scalar: false;
  readonly axes: readonly Variable[];
  /** Steps in `run()`'s array between neighbours along each of `axes`. */
  readonly strides: readonly number[];
  /** Computes the array. It is overwritten by the next run. */
  readonly run: () => Data;
  /** Whether it depends on lengths only, such as a causal mask. */
  readonly fixed: boolean;
  /** Whether it is a weight as it stands: the same array in every run. */
  readonly isWeight?: boolean;
}

export interface Scalar {
  readonly scalar: true;
  readonly value: number;
}

export type View = ArrayView | Scalar;

export function sizeOf(axes: readonly Variable[]): number {
  return axes.reduce((size, { length }) => size * length, 1);
}

/** Row-major strides over `axes`. */
export function denseStrides(axes: readonly Variable[]): number[] {
  const strides = new Array<number>(axes.length);
  let step = 1;
  for (let i = axes.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= axes[i]!.length;
  }
  return strides;
}

/**
 * For every position over `axes`, in row-major order, where `view` has its value: axes that the
 * view lacks do not move it.
 */
export function offsets(view: ArrayView, axes: readonly Variable[]): Int32Array {
  return offsetsAlong(
    axes,
    axes.map((axis) => view.strides[view.axes.indexOf(axis)] ?? 0),
  );
}

function offsetsAlong(axes: readonly Variable[], steps: readonly number[]): Int32Array {
  let table = new Int32Array(1);
  for (let i = 0; i < axes.length; i++) {
    const { length } = axes[i]!;
    const step = steps[i]!;
    const longer = new Int32Array(table.length * length);
    for (let k = 0, at = 0; k < table.length; k++) {
      for (let j = 0; j < length; j++) longer[at++] = table[k]! + j * step;
    }
    table = longer;
  }
  return table;
}

/** Positions over some axes as rows, along which every one of several views moves by a step of its own. */
export interface Rows {
  /** Of each row. */
  readonly length: number;
  /** For each view, where each row begins in its array. */
  readonly starts: readonly Int32Array[];
  /** For each view, from one position of a row to the next; 0 where it is the same all along. */
  readonly steps: readonly number[];
}

/** Rows as long as they can be: dense views over the same axes are one row. */
export function rowsOf(views: readonly View[], axes: readonly Variable[]): Rows {
  const strides = views.map((view) =>
    axes.map((axis) => (view.scalar ? 0 : (view.strides[view.axes.indexOf(axis)] ?? 0))),
  );
  let at = axes.length - 1;
  let length = axes[at]?.length ?? 1;
  const steps = strides.map((each) => each[at] ?? 0);
  while (at > 0 && strides.every((each, i) => each[at - 1] === steps[i]! * length)) {
    at -= 1;
    length *= axes[at]!.length;
  }
  const across = axes.slice(0, Math.max(at, 0));
  const starts = strides.map((each) => offsetsAlong(across, each));
  return { length, starts, steps };
}

/** A view that computes its array once and keeps it. */
export function kept(view: ArrayView): ArrayView {
  let data: Data | undefined;
  const { run } = view;
  return { ...view, run: () => (data ??= run()) };
}
