/** Labels that are written, and the choices among them: which of several places a name has. */
import type { Label } from "./label";
import { LayerNames } from "./layerNames";
import { reachOf } from "./reaches";
import type { Standing } from "./standing";

/** The labels of a model, or of a layer of it, in the model's own coordinates. */
export interface Part {
  readonly standing: Standing;
  readonly labels: readonly Label[];
}

/** A part whose letters are written. */
export interface Written extends Part {
  /** State of the first label. */
  readonly first: number;
  /** Where its letters are, and how many there are at most. */
  readonly letters: number;
  readonly count: number;
  readonly widths: Float32Array;
  readonly stacks: readonly LayerNames[];
}

/** One label, or several of which one is shown. */
export interface Choice {
  readonly of: Written;
  readonly among: readonly number[];
  readonly names: LayerNames | null;
  readonly priority: number;
  readonly turn: number;
  /** From where it may be seen: see reaches.ts. */
  readonly reach: Float64Array;
  /** The one that is shown; -1: none. */
  shown: number;
}

/** The stacks whose layers are named. */
export function stacksOf(labels: readonly Label[], widths: Float32Array): Map<string, LayerNames> {
  const stacks = new Map<string, LayerNames>();
  labels.forEach(({ layer, anchor }, i) => {
    if (layer === undefined) return;
    let names = stacks.get(layer.stack);
    if (names === undefined) stacks.set(layer.stack, (names = new LayerNames()));
    names.add(layer, anchor, widths[i]!);
  });
  return stacks;
}

/** Labels of one group are one choice; `turns`: in how many turns they are tried. */
export function choicesOf(
  of: Written,
  stacks: ReadonlyMap<string, LayerNames>,
  turns: number,
): Choice[] {
  const groups = new Map<number, number[]>();
  const among: number[][] = [];
  of.labels.forEach(({ group }, i) => {
    const known = group === undefined ? undefined : groups.get(group);
    if (known !== undefined) known.push(i);
    else {
      const own = [i];
      among.push(own);
      if (group !== undefined) groups.set(group, own);
    }
  });
  return among.map((own, i) => {
    own.sort((a, b) => of.labels[a]!.priority - of.labels[b]!.priority);
    const stack = own.map((label) => of.labels[label]!.layer?.stack).find((each) => each);
    return {
      of,
      among: own,
      names: stack === undefined ? null : stacks.get(stack)!,
      priority: of.labels[own[0]!]!.priority,
      turn: i % turns,
      reach: reachOf(own.map((label) => of.labels[label]!)),
      shown: -1,
    };
  });
}
