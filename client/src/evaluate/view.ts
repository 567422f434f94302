/**
 * What a lowered expression gives: a flat array with one stride per axis, or a plain number.
 *
 * Lengths are those of one run, so strides and index tables are worked out once, when a formula is
 * lowered, and a forward pass only fills arrays that exist already.
 */
import type { wire } from "../bundle";

export type Data = Float64Array | Float32Array | Int32Array;

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
  const steps = axes.map((axis) => view.strides[view.axes.indexOf(axis)] ?? 0);
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

/** Like `offsets`, or null when the view lies exactly so already. */
export function offsetsUnlessDense(view: ArrayView, axes: readonly Variable[]): Int32Array | null {
  const dense = denseStrides(axes);
  const same =
    view.axes.length === axes.length &&
    axes.every((axis, i) => view.axes[i] === axis && view.strides[i] === dense[i]);
  return same ? null : offsets(view, axes);
}

/** A view that computes its array once and keeps it. */
export function kept(view: ArrayView): ArrayView {
  let data: Data | undefined;
  const { run } = view;
  return { ...view, run: () => (data ??= run()) };
}
