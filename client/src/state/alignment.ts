/**
 * The stages of two models lined up by their roles, and in what each step differs. The same as
 * `src/cutaway/alignment.py`: roles and forms come with the bundle, nothing here knows what they stand for.
 */
import type { Expr, Model, Stage, StageStep, Variant } from "../bundle/wire";

/** `first` and `second`: only that model has it. */
export type Verdict = "same" | "sizes" | "numbers" | "formula" | "first" | "second";

export type Pair<T> = readonly [T | null, T | null];

export interface AlignedStep {
  readonly key: string;
  readonly label: string;
  /** Of each model how it is computed, one for each kind of layer; none where it has no such step. */
  readonly variants: readonly [readonly Variant[], readonly Variant[]];
  readonly verdict: Verdict;
}

export interface AlignedStage {
  /** What it is called; both names where they differ. */
  readonly labels: readonly string[];
  readonly groups: Pair<string>;
  /** In how many layers; 1 outside of layers. */
  readonly layers: Pair<number>;
  /** In words, by what they are said of, as far as the models differ. */
  readonly says: readonly { readonly of: string; readonly values: Pair<string> }[];
  readonly steps: readonly AlignedStep[];
  readonly verdict: Verdict;
  /** The position of one before it of whose steps the very same can be said. */
  readonly like: number | null;
}

export function aligned(a: Model, b: Model): AlignedStage[] {
  const models = [a, b] as const;
  const groups = models.map(({ stages }) => [...new Set(stages.map(([group]) => group))]);
  const stages = paired(groups[0]!, groups[1]!, String, (group) =>
    group === "encoder" || group === "decoder" ? "layers" : group,
  ).flatMap((pair) => {
    const [first, second] = models.map(({ stages }, side) =>
      stages.filter(([group]) => group === pair[side]),
    );
    return paired(
      first!,
      second!,
      ([, slot, key]) => JSON.stringify([slot, key]),
      ([, slot]) => slot,
    );
  });
  const said = new Map<string, number>();
  return stages.map((pair, position) => {
    const made = alignedStage(pair, models);
    const what = JSON.stringify(
      made.steps.map(({ key, variants }) =>
        variants.map((each, side) => [key, ...each.map((v) => likeness(models[side]!, v))]),
      ),
    );
    const earlier = said.get(what) ?? null;
    if (earlier === null) said.set(what, position);
    return { ...made, like: earlier };
  });
}

/**
 * Each of `a` with its like in `b`: of the same key, else the next that is left over of the same slot.
 * In the order of `a`; what only `b` has stands after what it follows there.
 */
function paired<T>(
  a: readonly T[],
  b: readonly T[],
  key: (each: T) => string,
  slot: (each: T) => string,
): Pair<T>[] {
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  for (const like of [key, slot]) {
    for (const [i, x] of a.entries()) {
      const found = partner.has(i)
        ? -1
        : b.findIndex((y, j) => !taken.has(j) && like(y) === like(x));
      if (found < 0) continue;
      partner.set(i, found);
      taken.add(found);
    }
  }
  const alone = [...b.keys()].filter((j) => !taken.has(j));
  const made: Pair<T>[] = [];
  for (const [i, x] of a.entries()) {
    const own = partner.get(i);
    while (own !== undefined && alone.length > 0 && alone[0]! < own)
      made.push([null, b[alone.shift()!]!]);
    made.push([x, own === undefined ? null : b[own]!]);
  }
  return [...made, ...alone.map((j): Pair<T> => [null, b[j]!])];
}

function alignedStage(
  pair: Pair<Stage>,
  models: readonly [Model, Model],
): Omit<AlignedStage, "like"> {
  const [, , , labels, layers, says, steps] = [0, 1, 2, 3, 4, 5, 6].map((field) =>
    pair.map((stage) => stage?.[field] ?? null),
  ) as [never, never, never, string[], Pair<number>, Record<string, string>[], StageStep[][]];
  const lined = paired(steps[0] ?? [], steps[1] ?? [], keyOf, keyOf).map((step) =>
    alignedStep(step, models),
  );
  const only = pair[1] === null ? "first" : pair[0] === null ? "second" : null;
  return {
    labels: [...new Set(labels.filter(Boolean))],
    groups: [pair[0]?.[0] ?? null, pair[1]?.[0] ?? null],
    layers,
    says: only
      ? []
      : [...new Set(says.flatMap((each) => Object.keys(each)))]
          .map((of) => ({ of, values: [says[0]![of] ?? null, says[1]![of] ?? null] as const }))
          .filter(({ values }) => values[0] !== values[1]),
    steps: lined,
    verdict: only ?? worst(lined.map(({ verdict }) => verdict)),
  };
}

const keyOf = ([key]: StageStep): string => key;

function alignedStep([a, b]: Pair<StageStep>, models: readonly [Model, Model]): AlignedStep {
  const [key, label] = (a ?? b)!;
  const variants = [a?.[2] ?? [], b?.[2] ?? []] as const;
  const verdict = a === null ? "second" : b === null ? "first" : differenceOf(variants, models);
  return { key, label, variants, verdict };
}

/** In what two steps differ, all variants together. */
function differenceOf(variants: AlignedStep["variants"], [a, b]: readonly [Model, Model]): Verdict {
  const [first, second] = [
    variants[0].map((v) => likeness(a, v)),
    variants[1].map((v) => likeness(b, v)),
  ];
  // What is equal in forms alone, then in numbers too, then in sizes too.
  for (const [depth, verdict] of (["formula", "numbers", "sizes"] as const).entries()) {
    const of = (each: string[][]): string =>
      JSON.stringify(
        [...new Set(each.map((parts) => parts.slice(0, depth + 1).join("\n")))].sort(),
      );
    if (of(first!) !== of(second!)) return verdict;
  }
  return "same";
}

/** The form of a formula, its numbers, and the lengths of its axes and of those of the weights that it reads. */
function likeness({ tensors, axes }: Model, [tensor, form]: Variant): string[] {
  const { formula = null, axes: own } = tensors[tensor]!;
  const numbers: (number | string)[] = [];
  for (const expr of formula ? walk(formula) : []) if (expr[0] === "const") numbers.push(expr[1]);
  const size = new Map(axes.map((axis) => [axis.name, axis.length_of === null ? axis.size : null]));
  const lengths = [own, ...weightsOf(tensors, formula).map((weight) => weight.axes)];
  return [
    form,
    JSON.stringify(numbers),
    JSON.stringify(lengths.map((each) => each.map((name) => size.get(name)))),
  ];
}

/** The weights that a formula reads, each once. */
export function weightsOf(tensors: Model["tensors"], formula: Expr | null): Model["tensors"] {
  const names = new Set<string>();
  for (const expr of formula ? walk(formula) : []) if (expr[0] === "cell") names.add(expr[1]);
  const found = [...names].map((name) => tensors.find((tensor) => tensor.name === name));
  return found.filter(
    (tensor) => tensor !== undefined && tensor.role === "weight",
  ) as Model["tensors"];
}

/** Every node, parents first, in the order in which the formula is written. */
function* walk(expr: Expr): Generator<Expr> {
  yield expr;
  const inside = expr[0] === "cell" || expr[0] === "apply" ? expr[2] : [];
  for (const each of expr[0] === "reduce" ? [expr[3]] : inside) yield* walk(each);
}

/** What there is to say of several together; a step that only one of two has is another formula. */
function worst(verdicts: readonly Verdict[]): Verdict {
  const mild = ["same", "sizes", "numbers"] as const;
  if (verdicts.some((verdict) => !(mild as readonly Verdict[]).includes(verdict))) return "formula";
  return mild.findLast((verdict) => verdicts.includes(verdict)) ?? "same";
}

/** Whether there is nothing to see: nothing differs, or only how many numbers are computed. */
export function isCalm(
  { verdict, variants }: AlignedStep,
  models: readonly [Model, Model],
): boolean {
  if (verdict !== "sizes") return verdict === "same";
  return variants.every((each, side) => {
    const { tensors } = models[side]!;
    return each.every(
      ([tensor]) => weightsOf(tensors, tensors[tensor]!.formula ?? null).length === 0,
    );
  });
}

/** What to set a variant beside: one that is computed alike, if there is one. */
export function nearest(variant: Variant, among: readonly Variant[]): Variant | null {
  return among.find(([, form]) => form === variant[1]) ?? among[0] ?? null;
}
