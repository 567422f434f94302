/** One model in the picture: where it stands, its values, and what stands around its blocks. */
import type { Lengths, LoadedModel } from "../bundle/model";
import type * as wire from "../bundle/wire";
import type { Block, Bounds } from "../scene/blocks";
import { type Cuts, NO_CUTS } from "../scene/cuts";
import type { Figure } from "../scene/figure";
import { type Group, layerPath } from "../scene/groups";
import type { Heap } from "../scene/heap";
import { type Drawn, type Hit, pick } from "../scene/picking";
import type { Section } from "../scene/sections";
import type { Theme } from "../theme/palette";
import { blockLabels } from "./blockLabels";
import type { Vector } from "./camera";
import { type Decoration, joined } from "./decoration";
import { Footprints } from "./footprints";
import { modelTitle } from "./modelTitle";
import { chartRoom, predictionChart, type Prediction } from "./predictionChart";
import { Projector } from "./projector";
import { sectionMarks } from "./sectionMarks";
import { tokenStrip } from "./tokenStrip";
import { plus } from "./vectors";

/** The texts of the tokens of each input that holds some. */
export type Texts = Readonly<Record<string, readonly string[]>>;

/** Room above a model for its name, as a share of its size. */
const TITLE_SHARE = 0.02;

/** What labels are called in the language of the page, by the label in the bundle. */
export type Words = Readonly<Record<string, string>>;

export class Standing {
  /** Labels in other words. */
  words: Words = {};
  /** Sees the model in its own coordinates. */
  readonly projector = new Projector();
  /** Where its layers are on the canvas. */
  readonly footprints: Footprints;
  /** How far it is moved from those. */
  offset: Vector = [0, 0, 0];
  /** Its values; null: structure only. */
  heap: Heap | null = null;
  lengths: Lengths = {};
  texts: Texts = {};
  nextTexts: ReadonlyMap<number, string> = new Map();
  /** The place of what is predicted; null: none. */
  place: number | null = null;
  predictions: readonly Prediction[] = [];
  /** Where its blocks are cut open. */
  cuts: Cuts = NO_CUTS;
  /** Counts its runs, so that what belongs to an earlier one is known. */
  turn = 0;
  /** Whether the values of its latest run have come. */
  isFilled = false;
  private readonly kinds: ReadonlyMap<string, wire.AxisKind>;
  private whole: Decoration | null = null;
  private readonly near = new Map<Group, Decoration>();

  constructor(
    readonly figure: Figure,
    kinds: readonly wire.AxisKind[],
  ) {
    this.footprints = new Footprints(figure.groups, this.projector);
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind]));
  }

  get model(): LoadedModel {
    return this.figure.model;
  }

  get blocks(): readonly Block[] {
    return this.figure.blocks;
  }

  block(tensor: string): Block | undefined {
    return this.figure.byTensor.get(tensor);
  }

  /** What is around it has changed: texts, predictions or colours. */
  redecorate(theme?: Theme): void {
    this.whole = null;
    if (theme !== undefined) this.near.clear();
  }

  /** What is seen from afar: names of modules, the prompt, the predictions. `isOneOfSeveral`: its own name. */
  around(theme: Theme, isOneOfSeveral: boolean): Decoration {
    if (this.whole !== null) return this.whole;
    const { figure, texts, nextTexts, place, predictions } = this;
    const { spec } = this.model;
    const parts: Decoration[] = [];
    if (isOneOfSeveral) parts.push(modelTitle(spec.title, figure.bounds, theme));
    const { min, max } = figure.bounds;
    for (const name of [spec.tokens, spec.decoder]) {
      const input = name === null ? undefined : this.block(name);
      if (input === undefined) continue;
      parts.push(tokenStrip(input, texts[name!] ?? [], (max[0] - min[0]) * 0.7, theme));
    }
    const output = this.output;
    if (output !== undefined) {
      const textOf = (token: number): string =>
        spec.vocabulary.tokens?.[token] ?? nextTexts.get(token) ?? `#${token}`;
      parts.push(predictionChart(output, place, predictions, textOf, theme));
    }
    const outer = this.named(figure.sections.filter(isOuter));
    parts.push(sectionMarks(outer, figure.groups, theme));
    return (this.whole = joined(parts));
  }

  /** What is seen of a layer when it is near: names and rulers of blocks, names of modules inside it. */
  within(group: Group, theme: Theme): Decoration {
    let found = this.near.get(group);
    if (found === undefined) {
      const inside = this.figure.sections.filter(
        (section) =>
          !isOuter(section) &&
          (group.key === ""
            ? section.layer === null
            : section.layer !== null && section.path.startsWith(`${group.key}.`)),
      );
      const marks = sectionMarks(this.named(inside), [group], theme);
      found = joined([marks, blockLabels(group.blocks, this.kinds, theme, this.words)]);
      this.near.set(group, found);
    }
    return found;
  }

  /** Names of modules in the words of the page; a layer keeps its number. */
  private named(sections: readonly Section[]): Section[] {
    return sections.map((section) => {
      const [, label, number] = /^(.*?)( \d+)?$/.exec(section.label)!;
      return { ...section, label: `${this.words[label!] ?? label!}${number ?? ""}` };
    });
  }

  /** What was made for layers other than these is given back. */
  keepOnly(groups: ReadonlySet<Group>): void {
    for (const group of this.near.keys()) if (!groups.has(group)) this.near.delete(group);
  }

  /** Boxes, in the coordinates of the scene, that together are what has to be in view to see it. */
  outline(isOneOfSeveral: boolean): Bounds[] {
    const { figure, offset } = this;
    const parts = [...figure.outline];
    for (const { at, size } of this.whole?.panels ?? []) {
      parts.push({ min: at, max: [at[0] + size[0], at[1] + size[1], at[2]] });
    }
    if (this.output !== undefined && this.heap !== null) {
      parts.push(chartRoom(this.output, this.model.spec.vocabulary.size));
    }
    if (isOneOfSeveral) {
      const { min, max } = figure.bounds;
      const room = (max[1] - min[1]) * TITLE_SHARE;
      parts.push({ min: [min[0], min[1] - room, min[2]], max: min });
    }
    return parts.map(({ min, max }) => ({ min: plus(min, offset), max: plus(max, offset) }));
  }

  /** What is under a point of the canvas. */
  pick(x: number, y: number, drawn: Drawn | null): Hit | null {
    return pick(this.figure.groups, this.projector.rayThrough(x, y), drawn, this.cuts);
  }

  /** The block of what is predicted, if anything is. */
  get output(): Block | undefined {
    const { probabilities } = this.model.spec;
    return probabilities === null ? undefined : this.block(probabilities);
  }
}

/** Whether a section is a part of the model, or a layer: what is named even from afar. */
function isOuter({ level, layer, path }: Section): boolean {
  return level === 0 || (layer !== null && path === layerPath(path, layer));
}
