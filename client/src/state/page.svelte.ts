/**
 * What the page shows: a model, a run of it, and the cell that is being questioned.
 *
 * Components read these fields and call these methods; nothing else changes them. Values are
 * replaced whole, never changed in place, so that everything derived follows from one assignment.
 */
import { equalCells, parseCell, type CellRef } from "../bundle/cell";
import { CutawayError } from "../bundle/errors";
import type { FetchOptions } from "../bundle/fetch";
import { loadValues, type LoadedBundle } from "../bundle/load";
import type { Lengths, LoadedModel } from "../bundle/model";
import type { Prompt } from "../bundle/runner";
import type { Values } from "../bundle/values";
import { explain, type Explanation } from "../formula";
import type { Address } from "./address";
import { breath } from "./breath";
import { evaluator, needsFirstRun, withFirstRun } from "./firstRun";
import { Generation } from "./generation.svelte";
import { clamped, neighbour, type Step } from "./move";
import { Notices } from "./notices.svelte";
import { lettersOf, promptFromText, textFromPrompt } from "./prompt";
import { runnerFor, type PromptRunner } from "./runners";
import { isWithin, largestSource } from "./sources";
import { backTo, equalTrails, follow, moveTo, pinnedOf, type Trail } from "./trail";

export class Page {
  readonly notices = new Notices();
  readonly generation = new Generation(this);

  loaded = $state.raw<LoadedBundle>();
  model = $state.raw<LoadedModel>();
  values = $state.raw<Values>();
  /** Token ids as typed; while a run is under way they are ahead of those of `values`. */
  prompt = $state.raw<readonly number[]>([]);
  running = $state(false);
  /** The path of selected cells; the last one is pinned. */
  trail = $state.raw<Trail>([]);
  hovered = $state.raw<CellRef | null>(null);
  /** Counts the selections that the browser's back button leads through. */
  visits = $state(0);
  /** Counts the times the pinned cell should be brought into view: not after a click on it. */
  reveals = $state(0);

  readonly pinned = $derived(pinnedOf(this.trail));
  readonly explanation = $derived(this.explained(this.pinned));
  readonly hoverExplanation = $derived(this.explained(this.hovered));
  readonly letters = $derived(this.model ? lettersOf(this.model.spec.vocabulary) : null);
  /** Lengths of the inputs of the run that is shown, for shapes and ranges. */
  readonly lengths = $derived<Lengths>(this.values?.lengths ?? {});

  private runner = $state.raw<PromptRunner | null>(null);
  /** The values that came with the bundle: the run on its first prompt. */
  private first: Values | undefined;

  get canRun(): boolean {
    return this.runner !== null;
  }

  /**
   * Shows a model as it first was, with its weights and the run of its first prompt, unless it is no
   * longer wanted when its files have arrived.
   */
  async open(
    loaded: LoadedBundle,
    model: LoadedModel,
    options: FetchOptions = {},
    isWanted = () => true,
  ): Promise<void> {
    const isComputed = needsFirstRun(model);
    if (isComputed) evaluator().catch(() => undefined); // fetched beside the weights, awaited below
    let values = await loadValues(loaded.base, model, options);
    await breath();
    if (isComputed) {
      values = await withFirstRun(values);
      await breath();
    }
    if (!isWanted()) return;
    this.generation.stop();
    this.runner?.cancel();
    this.runner?.dispose?.();
    this.runner = runnerFor(loaded, model);
    this.loaded = loaded;
    this.hovered = null;
    this.trail = [];
    this.model = model;
    this.values = this.first = values;
    this.prompt = values.tokens;
  }

  /** Runs the model on another prompt. False when it failed or a later prompt overtook it. */
  async run(prompt: Prompt): Promise<boolean> {
    const { values } = this;
    if (!values) return false;
    if ("tokens" in prompt) {
      this.prompt = prompt.tokens;
      if (this.first && prompt.tokens.join() === this.first.tokens.join()) {
        this.runner?.cancel();
        return this.shown(this.first);
      }
    }
    if (!this.runner) {
      this.prompt = values.tokens;
      this.notices.say(
        "This model comes without weights and without a server that runs it, so its prompt is fixed.",
      );
      return false;
    }
    this.running = true;
    try {
      const next = await this.runner.run(values, prompt);
      return next !== null && this.shown(next);
    } catch (error) {
      this.running = false;
      this.prompt = this.values?.tokens ?? [];
      this.notices.fail(error, { label: "Try again", act: () => void this.run(prompt) });
      return false;
    }
  }

  reset(): void {
    this.generation.stop();
    if (this.first) void this.run({ tokens: this.first.tokens });
  }

  private shown(values: Values): true {
    this.values = values;
    this.prompt = values.tokens;
    this.running = false;
    this.hovered = null;
    this.trail = this.trail.map((cell) => clamped(values.model, cell, values.lengths));
    return true;
  }

  hover(cell: CellRef | null): void {
    if (!equalCells(cell, this.hovered)) this.hovered = cell;
  }

  /** Pins a cell: goes on along the trail when the pinned cell was computed from it. */
  pin(cell: CellRef): void {
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
    if (equalTrails(trail, this.trail)) return;
    this.trail = trail;
    this.visits += 1;
  }

  private isSource(cell: CellRef): boolean {
    return this.explanation?.sources.some((source) => isWithin(source, cell)) ?? false;
  }

  private explained(cell: CellRef | null): Explanation | null {
    if (!cell || !this.values || !this.model) return null;
    return explain(this.model, this.values, cell);
  }

  /** What an address needs to bring this prompt and this cell back; the camera is not ours. */
  get address(): Address {
    const { model, first, letters, pinned, values } = this;
    if (!model || !values) return {};
    const isFirst = values === first;
    const several = (this.loaded?.models.length ?? 0) > 1;
    return {
      ...(several && { model: model.spec.name }),
      ...(!isFirst && letters && { prompt: textFromPrompt(values.tokens, letters) }),
      ...(!isFirst && !letters && { tokens: values.tokens }),
      ...(pinned && { cell: `${pinned.tensor}[${pinned.index.join(",")}]` }),
    };
  }

  /** Shows the prompt and the cell of an address; what it names and is not there is said. */
  async show(address: Address, trail?: Trail): Promise<void> {
    const { model, first } = this;
    if (!model || !first) return;
    const tokens = this.tokensOf(address, model) ?? first.tokens;
    if (tokens.join() !== this.prompt.join()) await this.run({ tokens });
    if (trail && trail.every((cell) => model.has(cell.tensor))) {
      this.trail = trail.map((cell) => clamped(model, cell, this.lengths));
    } else if (address.cell) {
      try {
        this.trail = [parseCell(model, address.cell, this.lengths)];
      } catch (error) {
        if (!(error instanceof CutawayError)) throw error;
        this.trail = [];
        this.notices.say(`The link names a cell that this run does not have. ${error.message}`);
      }
    } else {
      this.trail = [];
    }
  }

  private tokensOf({ prompt, tokens }: Address, model: LoadedModel): number[] | null {
    const { context, vocabulary } = model.spec;
    if (prompt !== undefined && this.letters) {
      const edit = promptFromText(prompt, this.letters, context);
      if ("tokens" in edit) return edit.tokens;
      this.notices.say(`The prompt of the link cannot be shown. ${edit.refused}`);
    }
    if (tokens?.length && tokens.length <= context && tokens.every((id) => id < vocabulary.size)) {
      return [...tokens];
    }
    if (tokens) this.notices.say("The prompt of the link does not fit this model.");
    return null;
  }
}
