/** A chapter of a tour, as far as the picture is concerned: what its tracks move. See stagedPicture.ts. */
import type { Selector } from "../scene/cells";
import type { CopyPlan } from "./copies";

/** A chapter for one run, as far as the picture is concerned. */
export interface Staging {
  readonly tracks: readonly { readonly channel: string; readonly targets: readonly string[] }[];
  readonly sweeps: readonly SweepPlan[];
  readonly splits: readonly SplitPlan[];
  readonly copies: readonly CopyPlan[];
  readonly marks: readonly { readonly tensor: string; readonly index: readonly Selector[] }[];
}

export interface SweepPlan {
  readonly targets: readonly string[];
  readonly by: string;
  readonly column: number | null;
  readonly row: number | null;
}

export interface SplitPlan {
  readonly targets: readonly string[];
  readonly columns: readonly [number, number] | null;
  readonly rows: readonly [number, number] | null;
}

/** What the camera is to show: see `camera` in wire.Chapter. */
export interface Framing {
  readonly target: readonly [number, number, number];
  readonly azimuth: number;
  readonly elevation: number;
  readonly width: number;
  readonly height: number;
  readonly near: number;
}
