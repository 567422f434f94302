/**
 * What the page shows: the models in the scene, which of them is the current one, a run of it, and the
 * cell that is being questioned.
 *
 * Components read these fields and call these methods; nothing else changes them. Values are
 * replaced whole, never changed in place, so that everything derived follows from one assignment.
 */
import { equalCells, parseCell, type CellRef } from "../bundle/cell";
import { CutawayError, UnknownTensor } from "../bundle/errors";
import type { LoadedBundle } from "../bundle/load";
import type { Lengths, LoadedModel } from "../bundle/model";
import type { Prompt } from "../bundle/prompt";
import type { Values } from "../bundle/values";
import type { AxisKind } from "../bundle/wire";
import { explain, type Explanation } from "../formula";
import { words } from "../words";
import { othersOf, type Address } from "./address";
import { Generation } from "./generation.svelte";
import { fallenBack } from "./inputs";
import { clamped, neighbour, type Step } from "./move";
import { Notices } from "./notices.svelte";
import type { Opened } from "./opened.svelte";
import { promptFromText, textFromPrompt } from "./prompt";
import { isWithin, largestSource } from "./sources";
import { backTo, equalTrails, follow, moveTo, pinnedOf, type Trail } from "./trail";

/** What notices are about that tell of a run that failed. */
const RUN = "run";
/** What notices are about that tell of a link to a cell that is not there: the next link makes them past. */
const LINK = "link";

/** A cell of one of the models. */
interface Pointed {
  readonly opened: Opened;
  readonly cell: CellRef;
}

export class Page {
  readonly notices = new Notices();
  readonly generation = new Generation(this);

  loaded = $state.raw<LoadedBundle>();
  /** The models in the scene, from left to right. */
  opened = $state.raw<readonly Opened[]>([]);
  /** The one that prompt, outline and explanation are about. */
  current = $state.raw<Opened>();
  /** The path of selected cells of the current model; the last one is pinned. */
  trail = $state.raw<Trail>([]);
  /** What is pointed at, in whichever model. */
  pointed = $state.raw<Pointed | null>(null);
  /** Counts the selections that the browser's back button leads through. */
  visits = $state(0);
  /** Counts the times the pinned cell should be brought into view: not after a click on it. */
  reveals = $state(0);

  /** An address whose prompt is being computed. Until it is shown it is what a link to this view says. */
  private coming = $state.raw<Address | null>(null);

  readonly model = $derived(this.current?.model);
  readonly values = $derived(this.current?.values);
  readonly prompt: readonly number[] = $derived(this.current?.prompt ?? []);
  /** What the decoder has written, where there is one. */
  readonly decoder: readonly number[] = $derived(this.current?.decoder ?? []);
  readonly running = $derived(this.current?.running ?? false);
  readonly letters = $derived(this.current?.letters ?? null);
  readonly kinds = $derived(kindsOf(this.loaded, this.opened));
  readonly pinned = $derived(pinnedOf(this.trail));
  readonly explanation = $derived(this.explained(this.current, this.pinned));
  /** The cell of the current model that is pointed at. */
  readonly hovered = $derived(this.pointed?.opened === this.current ? this.pointed!.cell : null);
  readonly hoverExplanation = $derived(this.explained(this.pointed?.opened, this.pointed?.cell));
  /** Lengths of the inputs of the run that is shown, for shapes and ranges. */
  readonly lengths = $derived<Lengths>(this.values?.lengths ?? {});

  get canRun(): boolean {
    return this.current?.canRun ?? false;
  }

  /** Lets these models stand in the scene, in this order; what no longer does is given up. */
  arrange(loaded: LoadedBundle, opened: readonly Opened[], current: Opened): void {
    for (const each of this.opened) if (!opened.includes(each)) each.dispose();
    this.loaded = loaded;
    this.opened = opened;
    if (this.pointed && !opened.includes(this.pointed.opened)) this.pointed = null;
    if (current !== this.current) this.turnTo(current);
  }

  /** Makes another model of the scene the current one. */
  focus(name: string): void {
    const next = this.opened.find((each) => each.name === name);
    if (!next || next === this.current) return;
    this.turnTo(next);
    this.visits += 1;
  }

  private turnTo(opened: Opened): void {
    this.generation.stop();
    this.current = opened;
    this.coming = null;
    this.trail = [];
  }

  /**
   * Runs the current model on another prompt. False when it failed or a later prompt overtook it.
   * `of`: the address that names the prompt; `again`: what a visitor asks for who tries once more.
   */
  async run(
    prompt: Prompt,
    of: Address | null = null,
    again = () => void this.run(prompt),
  ): Promise<boolean> {
    const { current } = this;
    if (!current) return false;
    this.coming = of;
    try {
      const before = current.values;
      const next = await current.run(prompt);
      if (next === null) return false;
      current.show(next);
      this.notices.settle(RUN);
      for (const name of fallenBack(before, next)) {
        this.notices.say(words.notices.inputFallsBack(name));
      }
      if (current === this.current) this.clamp(next);
      return true;
    } catch (error) {
      current.giveUp();
      this.notices.fail(error, { label: words.controls.retry, act: again }, RUN);
      return false;
    }
  }

  /** The way to a cell of a model that was in the place of this one, as far as this one has those cells. */
  keepTrail(trail: Trail): void {
    const { model, lengths } = this;
    if (!model || !trail.every((cell) => model.has(cell.tensor))) return;
    this.trail = trail.map((cell) => clamped(model, cell, lengths));
  }

  reset(): void {
    this.generation.stop();
    if (!this.current) return;
    const { tokens, decoder } = this.current.first;
    void this.run({ tokens, decoder });
  }

  /** What was selected in the last run, as far as the new one has it. */
  private clamp(values: Values): void {
    this.pointed = null;
    this.trail = this.trail.map((cell) => clamped(values.model, cell, values.lengths));
  }

  /** Points at a cell, of the current model unless another one is given. */
  hover(cell: CellRef | null, model: LoadedModel | null | undefined = this.model): void {
    const opened = this.opened.find((each) => each.model === model);
    if (!cell || !opened) {
      if (this.pointed) this.pointed = null;
    } else if (opened !== this.pointed?.opened || !equalCells(cell, this.pointed.cell)) {
      this.pointed = { opened, cell };
    }
  }

  /**
   * Pins a cell: goes on along the trail when the pinned cell was computed from it. A cell of another
   * model makes that model the current one.
   */
  pin(cell: CellRef, model: LoadedModel | null | undefined = this.model): void {
    const opened = this.opened.find((each) => each.model === model);
    if (opened && opened !== this.current) this.turnTo(opened);
    this.visit(this.isSource(cell) ? follow(this.trail, cell) : [cell]);
  }

  follow(cell: CellRef): void {
    this.visit(follow(this.trail, cell));
    this.reveals += 1;
  }

  /** Follows the source that matters most; false when the cell was given, not computed. */
  followLargest(): boolean {
    if (!this.model || !this.explanation) return false;
    const cell = largestSource(this.model, this.explanation);
    if (cell) this.follow(cell);
    return cell !== null;
  }

  backTo(position: number): void {
    this.visit(backTo(this.trail, position));
    this.reveals += 1;
  }

  unpin(): void {
    this.visit([]);
  }

  /** Moves the pinned cell to a neighbour; true when there is one. */
  move(step: Step): boolean {
    if (!this.pinned || !this.model) return false;
    const cell = neighbour(this.model, this.pinned, step, this.lengths);
    if (cell === this.pinned) return false;
    this.replace(cell);
    return true;
  }

  /** Another cell in place of the pinned one, with the same way behind it. */
  replace(cell: CellRef): void {
    this.trail = moveTo(this.trail, cell);
    this.reveals += 1;
  }

  private visit(trail: Trail): void {
    this.coming = null;
    if (equalTrails(trail, this.trail)) return;
    this.trail = trail;
    this.visits += 1;
  }

  private isSource(cell: CellRef): boolean {
    return this.explanation?.sources.some((source) => isWithin(source, cell)) ?? false;
  }

  private explained(
    opened: Opened | undefined,
    cell: CellRef | null | undefined,
  ): Explanation | null {
    return cell && opened ? explain(opened.model, opened.values, cell) : null;
  }

  /** What an address needs to bring models, prompt and cell back; the camera is not ours. */
  get address(): Address {
    const { current, opened, coming } = this;
    if (!current) return {};
    const { name } = current;
    const isOnly = opened.length === 1 && this.loaded?.models.length === 1;
    const isNamed = !isOnly || name !== this.loaded?.models[0]?.spec.name;
    const names = opened.map((each) => each.name);
    return {
      ...(isNamed && { model: name }),
      ...(names.length > 1 && { with: othersOf(names, name) }),
      ...(coming ? questionOf(coming) : this.question(current)),
    };
  }

  /** Prompt and cell of the view as it is. */
  private question(current: Opened): Address {
    const { letters, pinned } = this;
    const { values, isFirst } = current;
    return {
      ...(!isFirst && letters && { prompt: textFromPrompt(values.tokens, letters) }),
      ...(!isFirst && !letters && { tokens: values.tokens }),
      ...(!isFirst && current.model.spec.decoder !== null && { decoder: values.decoder }),
      ...(pinned && { cell: `${pinned.tensor}[${pinned.index.join(",")}]` }),
    };
  }

  /** Shows the prompt and the cell of an address; what it names and is not there is said. */
  async show(address: Address, trail?: Trail): Promise<void> {
    const { model, current } = this;
    if (!model || !current) return;
    const tokens = this.tokensOf(address, model) ?? current.first.tokens;
    const decoder = this.decoderOf(address, model) ?? current.first.decoder;
    const isShown = tokens.join() === this.prompt.join() && decoder.join() === this.decoder.join();
    let isRun = isShown;
    if (!isShown) {
      const again = () => void this.show(address, trail);
      isRun = await this.run({ tokens, decoder }, address, again);
      if (this.coming !== address) return; // the visitor has gone on to something else
      this.coming = null;
    }
    this.notices.settle(LINK);
    if (trail && trail.every((cell) => model.has(cell.tensor))) {
      this.trail = trail.map((cell) => clamped(model, cell, this.lengths));
    } else if (address.cell) {
      try {
        this.trail = [parseCell(model, address.cell, this.lengths)];
      } catch (error) {
        if (!(error instanceof CutawayError)) throw error;
        this.trail = [];
        if (!isRun) return; // the cell is one of the run that failed, which was said
        const why =
          error instanceof UnknownTensor
            ? words.cells.noTensor(error.tensor, error.nearMatches.join(", "))
            : error.message;
        this.notices.say(words.notices.cellOfLink(why), undefined, LINK);
      }
    } else {
      this.trail = [];
    }
  }

  private decoderOf({ decoder }: Address, { spec }: LoadedModel): number[] | null {
    if (!decoder || spec.decoder === null) return null;
    if (decoder.length <= spec.context && decoder.every((id) => id < spec.vocabulary.size)) {
      return [...decoder];
    }
    this.notices.say(words.notices.decoderOfLink);
    return null;
  }

  private tokensOf({ prompt, tokens }: Address, model: LoadedModel): number[] | null {
    const { context, vocabulary } = model.spec;
    if (prompt !== undefined && this.letters) {
      const edit = promptFromText(prompt, this.letters, context);
      if ("tokens" in edit) return edit.tokens;
      this.notices.say(words.notices.promptNotShown(edit.refused));
    }
    if (tokens?.length && tokens.length <= context && tokens.every((id) => id < vocabulary.size)) {
      return [...tokens];
    }
    if (tokens) this.notices.say(words.notices.promptOfLink);
    return null;
  }
}

/** Of an address, what the visitor asks of the model. */
function questionOf({ prompt, tokens, decoder, cell }: Address): Address {
  return {
    ...(prompt !== undefined && { prompt }),
    ...(tokens && { tokens }),
    ...(decoder && { decoder }),
    ...(cell !== undefined && { cell }),
  };
}

/** The kinds of axes of all that is shown: what is added may have others than the bundle. */
function kindsOf(loaded: LoadedBundle | undefined, opened: readonly Opened[]): AxisKind[] {
  const all = [...(loaded?.bundle.kinds ?? []), ...opened.flatMap(({ model }) => model.kinds)];
  return [...new Map(all.map((kind) => [kind.name, kind])).values()];
}
