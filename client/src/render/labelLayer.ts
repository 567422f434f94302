/**
 * All labels: which are shown, how large and where, decided anew when the camera moves.
 *
 * The letters of a part (a model, or a layer of it) are written once, when it comes. What changes is four
 * numbers for each label (see labelStates.ts). While the camera moves, labels that are shown are placed
 * on every frame and all others in turns, so that a frame's work goes by what can be read.
 */
import { breadthOf } from "../scene/blocks";
import { Declutter } from "./declutter";
import type { GlyphMesh } from "./glyphMesh";
import type { Label } from "./label";
import { type Choice, choicesOf, type Part, stacksOf, type Written } from "./labelChoices";
import { type Insets, LabelPlacer } from "./labelPlacer";
import { HIDDEN, type LabelStates } from "./labelStates";
import { coversBlocks, isBehind } from "./occlusion";
import { Reaches } from "./reaches";
import { Segments } from "./segments";
import type { Standing } from "./standing";
import { plus } from "./vectors";

const FADE_MS = 140;
const GAP_PX = 3;
/** While the camera moves, a label that is not shown is tried every so many frames. */
const TURNS = 8;
const SHOWN = 255;
/** Which layers are named is decided so much more often. */
const NAMES_TURNS = TURNS / 2;
/** And no more than so many labels are compared with the blocks that may stand before them. */
const MOST_LOOKED_UP = 8;
/** By how much labels may be off their place meanwhile, in CSS pixels. */
const PLAY_PX = 0.25;
/** The names of smaller blocks are not worth looking at, in CSS pixels of their longest side. */
const LEAST_BLOCK_PX = 27;

export class LabelLayer {
  /** How much of each block of a model is there, by its id; null: all of each. */
  presence: { readonly of: Standing; readonly blocks: Float32Array } | null = null;
  private readonly parts = new Map<number, Written>();
  private choices: Choice[] = [];
  /** Labels that are no longer shown, and fade where they were seen last. */
  private leaving: { choice: Choice; label: number }[] = [];
  private readonly room = new Segments();
  private declutter = new Declutter(0);
  private readonly placer = new LabelPlacer();
  private turn = 0;
  /** How often all have had their turn. */
  private round = 0;
  private lookedUp = 0;
  private isStale = true;
  private isSorted = true;
  /** Of each choice, in their order: the turn in which it is tried, or `SHOWN`. */
  private turns = new Uint8Array(0);
  private readonly reaches = new Reaches();

  constructor(
    private readonly glyphs: GlyphMesh,
    readonly states: LabelStates,
  ) {}

  get mesh(): GlyphMesh["mesh"] {
    return this.glyphs.mesh;
  }

  /** Adds labels; returns the state of the first, by which they are removed again. */
  add(part: Part): number {
    const { labels, standing } = part;
    const { states, glyphs, room } = this;
    const first = states.take(labels.length);
    const count = labels.reduce((sum, { text }) => sum + text.length, 0);
    const before = room.end;
    const letters = room.take(count);
    glyphs.reserve(room.end, before);
    const widths = Float32Array.from(labels, ({ text }) => glyphs.atlas.width(text));
    let at = letters;
    labels.forEach(({ text, anchor, align, colour, weight }, i) => {
      const [width, label] = [widths[i]!, first + i];
      const place = plus(anchor, standing.offset);
      at = glyphs.write({ text, width, anchor: place, align, colour, weight, label }, at);
    });
    glyphs.hide(at, letters + count, HIDDEN);
    glyphs.touch(letters, letters + count, room.end);
    const stacks = stacksOf(labels, widths);
    const all = [...stacks.values()];
    const written = { ...part, first, letters, count, widths, stacks: all };
    this.parts.set(first, written);
    this.choices.push(...choicesOf(written, stacks, TURNS));
    this.isSorted = false;
    this.isStale = true;
    return first;
  }

  remove(first: number): void {
    const { parts, states, glyphs, room } = this;
    const part = parts.get(first);
    if (part === undefined) return;
    parts.delete(first);
    this.choices = this.choices.filter(({ of }) => of !== part);
    this.isSorted = false;
    this.leaving = this.leaving.filter(({ choice }) => choice.of !== part);
    states.give(first, part.labels.length);
    glyphs.hide(part.letters, part.letters + part.count, HIDDEN);
    room.give(part.letters, part.count);
    glyphs.touch(part.letters, Math.min(part.letters + part.count, room.end), room.end);
    this.isStale = true;
  }

  /** How much is seen of each text of a part, so that one that takes its place can go on with that. */
  seen(first: number): Map<string, number> {
    const part = this.parts.get(first);
    const seen = new Map<string, number>();
    part?.labels.forEach(({ text }, i) => {
      const alpha = this.states.alpha(first + i);
      if (alpha > 0) seen.set(text, alpha);
    });
    return seen;
  }

  /** What `seen` told of the part in whose place this one is. */
  goOn(first: number, seen: ReadonlyMap<string, number>): void {
    for (const choice of this.choices) {
      if (choice.of.first !== first) continue;
      for (const label of choice.among) {
        const alpha = seen.get(choice.of.labels[label]!.text) ?? 0;
        if (alpha === 0) continue;
        this.states.setAlpha(first + label, alpha);
        choice.shown = label;
        break;
      }
    }
  }

  /** Labels have to be placed anew although the camera has not moved. */
  unsettle(): void {
    this.isStale = true;
  }

  /**
   * Place the labels. `elapsedMs` since the last time fades them; true: some still change. `all`: the
   * models that labels may be hidden by.
   */
  update(
    all: readonly Standing[],
    insets: Insets,
    elapsedMs: number,
    { hasMoved, isAtRest }: { readonly hasMoved: boolean; readonly isAtRest: boolean },
  ): boolean {
    const step = elapsedMs / FADE_MS;
    let isFading = false;
    if (hasMoved || this.isStale || !isAtRest) {
      isFading = this.placeAll(all, insets, step, isAtRest);
      this.isStale = !isAtRest;
    } else {
      for (const { of, shown } of this.choices) {
        if (shown >= 0 && this.fadeIn(of.first + shown, step)) isFading = true;
      }
    }
    return this.fadeOut(step) || isFading;
  }

  /** Whether no label is shown in a rectangle about (x, y), in CSS pixels. */
  isFree(x: number, y: number, halfWidth: number, halfHeight: number): boolean {
    return this.declutter.fits(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, 0);
  }

  private placeAll(
    all: readonly Standing[],
    insets: Insets,
    step: number,
    isAtRest: boolean,
  ): boolean {
    this.sort();
    const { placer, states, choices, turns, reaches } = this;
    let isFading = false;
    this.turn = (this.turn + 1) % TURNS;
    if (this.turn === 0) this.round += 1;
    this.lookedUp = 0;
    this.declutter.clear();
    placer.setInsets(insets);
    if (isAtRest || this.turn % NAMES_TURNS === 0) {
      for (const { standing, stacks } of this.parts.values()) {
        for (const names of stacks) names.update(standing.projector);
      }
    }
    for (let i = 0; i < choices.length; i++) {
      // Of most labels no more than this is looked at.
      if (turns[i] !== SHOWN && ((!isAtRest && turns[i] !== this.turn) || !reaches.mayFit(i))) {
        continue;
      }
      const choice = choices[i]!;
      const before = choice.shown;
      choice.shown = this.chosen(choice, all, isAtRest);
      turns[i] = choice.shown < 0 ? choice.turn : SHOWN;
      if (before >= 0 && choice.shown !== before) this.leaving.push({ choice, label: before });
      if (choice.shown < 0) continue;
      const state = choice.of.first + choice.shown;
      const alpha = Math.min(states.alpha(state) + step, 1);
      const play = isAtRest ? 0.02 : PLAY_PX;
      states.put(state, alpha, placer.px, placer.shiftX, placer.shiftY, play);
      if (alpha < 1) isFading = true;
    }
    return isFading;
  }

  /** By priority, once after several parts have come or gone. */
  private sort(): void {
    if (this.isSorted) return;
    this.isSorted = true;
    const { choices } = this;
    choices.sort((a, b) => a.priority - b.priority);
    this.reaches.set(choices);
    if (this.turns.length < choices.length) this.turns = new Uint8Array(choices.length * 2);
    choices.forEach(({ shown, turn }, i) => (this.turns[i] = shown < 0 ? turn : SHOWN));
    this.declutter = new Declutter(choices.length);
  }

  /** True: it is not all there yet. */
  private fadeIn(state: number, step: number): boolean {
    const alpha = this.states.alpha(state);
    if (alpha >= 1) return false;
    this.states.setAlpha(state, Math.min(alpha + step, 1));
    return alpha + step < 1;
  }

  /** True: some are not all gone yet. */
  private fadeOut(step: number): boolean {
    const { states, leaving } = this;
    let kept = 0;
    for (const each of leaving) {
      const { choice, label } = each;
      if (choice.shown === label) continue;
      const state = choice.of.first + label;
      states.setAlpha(state, Math.max(states.alpha(state) - step, 0));
      if (states.alpha(state) > 0) leaving[kept++] = each;
    }
    leaving.length = kept;
    return kept > 0;
  }

  /** The one that is shown: the same as before for as long as it has room. The placer has its place. */
  private chosen(choice: Choice, all: readonly Standing[], isAtRest: boolean): number {
    const { among, shown } = choice;
    if (shown >= 0 && this.isPlaced(choice, shown, all, isAtRest)) return shown;
    // While the camera moves, one that is not shown tries its first place and one other in turns.
    const isBrief = !isAtRest && shown < 0 && among.length > 2;
    const other = isBrief ? 1 + (this.round % (among.length - 1)) : 0;
    for (let i = 0; i < among.length; i++) {
      if (isBrief && i !== 0 && i !== other) continue;
      const label = among[i]!;
      if (label !== shown && this.isPlaced(choice, label, all, isAtRest)) return label;
    }
    return -1;
  }

  private isPlaced(
    { of, shown, names, turn }: Choice,
    i: number,
    all: readonly Standing[],
    isAtRest: boolean,
  ): boolean {
    const label = of.labels[i]!;
    const { standing } = of;
    const { placer, declutter, presence } = this;
    if (label.layer !== undefined && !names!.shows(label.layer)) return false;
    if (label.block !== undefined) {
      if (presence?.of === standing && presence.blocks[label.block]! < 0.5) return false;
      const block = standing.blocks[label.block]!;
      if (label.isOfBlock && standing.projector.sideOf(block) <= LEAST_BLOCK_PX) return false;
    }
    if (label.last !== undefined && presence?.of === standing) {
      if (presence.blocks[label.last]! < 0.5) return false;
    }
    const isShown = shown === i;
    const px = label.layer === undefined ? 0 : names!.px;
    placer.begin(standing.projector);
    if (!placer.place(label, of.widths[i]!, isShown, px)) return false;
    if (label.leastBreadthPx !== undefined && presence === null) {
      const breadth = breadthOf(standing.blocks[label.block!]!);
      if (breadth * placer.cellPx < label.leastBreadthPx) return false;
    }
    const { left, top, right, bottom } = placer;
    const slack = isShown ? GAP_PX : 0;
    if (!declutter.fits(left - GAP_PX, top, right + GAP_PX, bottom, slack)) return false;
    // What stood before it a moment ago, or did not, will hardly have changed.
    if (isAtRest || !isShown || turn === this.turn) {
      const isPut = !isAtRest && this.lookedUp >= MOST_LOOKED_UP;
      if (isPut ? !isShown : this.isBlocked(label, standing, all)) return false;
    }
    declutter.add(left - GAP_PX, top, right + GAP_PX, bottom);
    return true;
  }

  /** Whether a block stands before the label's anchor, or behind a label that must not cover any. */
  private isBlocked(
    { anchor, avoidsBlocks, isAlwaysOnTop }: Label,
    standing: Standing,
    all: readonly Standing[],
  ): boolean {
    const { left, top, right, bottom, cellPx } = this.placer;
    const avoids =
      typeof avoidsBlocks === "object" ? cellPx < avoidsBlocks.belowPx : Boolean(avoidsBlocks);
    if (!avoids && isAlwaysOnTop === true) return false;
    this.lookedUp += 1;
    if (!avoids) return isBehind(all, standing, anchor, 0.998);
    return coversBlocks(all, left, top, right, bottom, avoidsBlocks === "throughout");
  }
}
