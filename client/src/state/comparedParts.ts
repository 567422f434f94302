/** The steps of two models as they are to be read: formulas with what differs marked, and the sizes of weights. */
import type { LoadedModel } from "../bundle/model";
import { beside } from "../formula";
import {
  isCalm,
  nearest,
  weightsOf,
  type AlignedStage,
  type AlignedStep,
  type Verdict,
} from "./alignment";
import type { Row, Section } from "./comparison";

export type Models = readonly [LoadedModel, LoadedModel];

/** How one model computes a step in some of its layers. */
export interface Written {
  readonly latex: string;
  readonly text: string;
  /** In how many layers, where there are others in which it is computed otherwise. */
  readonly layers: number | null;
  readonly weights: readonly Weight[];
}

export interface Weight {
  readonly name: string;
  readonly axes: readonly {
    readonly letter: string;
    readonly kind: string;
    readonly size: number;
  }[];
}

/** Of each model the formulas of a step, each beside the one of the other model that is most like it. */
export function written(step: AlignedStep, models: Models): readonly [Written[], Written[]] {
  const side = (own: 0 | 1): Written[] => {
    const model = models[own];
    const other = step.variants[1 - own]!;
    return step.variants[own].map((variant) => {
      const like = nearest(variant, other);
      const { latex, text } = beside(
        { model, tensor: variant[0], reads: variant[2] },
        like && { model: models[1 - own]!, tensor: like[0], reads: like[2] },
      );
      const layers = step.variants[own].length > 1 ? variant[3] : null;
      return { latex, text, layers, weights: weightsIn(model, variant[0]) };
    });
  };
  return [side(0), side(1)];
}

function weightsIn(model: LoadedModel, tensor: number): Weight[] {
  const { tensors } = model.spec;
  return weightsOf(tensors, tensors[tensor]!.formula ?? null).map(({ name, axes }) => ({
    name: name.slice(name.lastIndexOf(".") + 1),
    axes: axes
      .map((axis) => model.axis(axis))
      .map((axis) => ({ letter: model.letter(axis), kind: axis.kind, size: axis.size })),
  }));
}

/** `H 12 × C 768 × A 64` */
function sizeText({ axes }: Weight): string {
  return axes.map(({ letter, size }) => `${letter} ${size}`).join(" × ");
}

/** The steps of a stage: those to be shown, and the labels of those of which there is nothing to see. */
export function sorted(stage: AlignedStage, models: Models) {
  const specs = [models[0].spec, models[1].spec] as const;
  const calm = (verdict: Verdict): string[] =>
    stage.steps
      .filter((step) => step.verdict === verdict && isCalm(step, specs))
      .map(({ label }) => label);
  return {
    shown: stage.steps.filter((step) => !isCalm(step, specs)),
    sizes: calm("sizes"),
    same: calm("same"),
  };
}

/** All steps as rows of a table: formulas as text, and the sizes of the weights they read. */
export function partSections(stages: readonly AlignedStage[], models: Models): Section[] {
  return stages.map((stage) => ({
    title: stage.labels.join(" / "),
    rows: [
      ...stage.says.map(({ of, values }): Row => ({
        label: of,
        values,
        unit: "count",
        differs: true,
      })),
      ...stage.steps.map((step): Row => {
        const [first, second] = written(step, models).map(
          (each) => each.map(inOneLine).join("; ") || null,
        );
        return {
          label: step.label,
          values: [first!, second!],
          unit: "count",
          differs: step.verdict !== "same",
        };
      }),
    ],
  }));
}

function inOneLine({ text, layers, weights }: Written): string {
  const sizes = weights.map((weight) => `${weight.name}: ${sizeText(weight)}`);
  return [text, ...sizes, ...(layers === null ? [] : [`${layers} layers`])].join(", ");
}
