/** What the words of a tour need of the page: whose numbers they show, and what they light up. */
import type { Values } from "../bundle";
import type { SceneView } from "../render";
import type { Page } from "../state/page.svelte";
import type { BoundSelector } from "../timeline";
import { type Words, wordsOf } from "./words";

export interface Thing {
  readonly what: string;
  readonly name: string;
  readonly index: readonly BoundSelector[];
}

/** Words that point at the picture, and the picture at words. */
export class Reader {
  language = $state("en");
  readonly words: Words = $derived(wordsOf(this.language));
  private lit = $state.raw<ReadonlySet<string>>(new Set());

  constructor(
    private readonly page: Page,
    private readonly view: () => SceneView,
  ) {}

  get values(): Values | undefined {
    return this.page.values;
  }

  has(tensor: string): boolean {
    return this.page.model?.has(tensor) ?? false;
  }

  roleOf(tensor: string): string {
    return this.page.model!.tensor(tensor).spec.role;
  }

  /** Whether what is pointed at in the picture is what the words name, or the other way round. */
  isLit(what: string, name: string): boolean {
    const hovered = this.page.hovered?.tensor;
    if (!hovered) return what === "tensor" && this.lit.has(name);
    if (what === "module") return hovered.startsWith(`${name}.`);
    if (what === "axis") return this.hasAxis(hovered, name);
    return hovered === name;
  }

  /** The words are pointed at. */
  point(thing: Thing | null): void {
    const { page } = this;
    if (thing === null) {
      this.lit = new Set();
      this.view().emphasise(null);
      page.hover(null);
      return;
    }
    const { what, name, index } = thing;
    const { names } = page.model!;
    if (what === "cells" && index.every((each) => typeof each === "number")) {
      page.hover({ tensor: name, index: index as number[] });
    }
    if (what === "module") this.lit = new Set(names.filter((each) => each.startsWith(`${name}.`)));
    else if (what === "axis") this.lit = new Set(names.filter((each) => this.hasAxis(each, name)));
    else this.lit = new Set([name]);
    this.view().emphasise(this.lit);
  }

  /** They are clicked: cells are explained. */
  follow(thing: Thing): void {
    if (thing.what !== "cells") {
      this.point(thing);
      return;
    }
    const index = thing.index.map((each) => (typeof each === "number" ? each : each[0]));
    this.page.pin({ tensor: thing.name, index });
  }

  private hasAxis(tensor: string, kind: string): boolean {
    return this.page.model!.tensor(tensor).axes.some((axis) => axis.kind === kind);
  }
}
