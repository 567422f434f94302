/**
 * Talking with the page that holds this one in an `<iframe>`; docs/embedding.md is the other side.
 *
 * Only the parent window is listened to, only where the address allows it (`?embed=1`, or the one
 * origin in `?embed=https://…`), and every field of a message is checked before it is used.
 */
import { untrack } from "svelte";
import { formatCell, type CellRef } from "../bundle/cell";
import type { CameraState } from "../render";
import { othersOf, type Address } from "./address";
import type { EmbedOptions } from "./embedOptions";
import { understood } from "./embedMessage";
import type { Navigation } from "./navigation.svelte";
import type { Opening } from "./opening.svelte";
import type { Page } from "./page.svelte";
import type { ThemeChoice } from "./theme.svelte";

/** What of this page a message of the parent changes. */
export interface Host {
  readonly theme: ThemeChoice;
  readonly opening: Opening;
  readonly navigation: Navigation;
}

export class Embedding {
  constructor(
    private readonly page: Page,
    private readonly options: EmbedOptions,
    private readonly host: Host,
    private readonly parent: Window = window.parent,
  ) {}

  /** Whether there is a page around this one, and the address lets it speak. */
  get isActive(): boolean {
    return this.options.origin !== null && this.parent !== window;
  }

  /** Listens to the parent until it is disposed. */
  listen(): () => void {
    if (!this.isActive) return () => undefined;
    const listener = (event: MessageEvent) => void this.receive(event);
    window.addEventListener("message", listener);
    return () => window.removeEventListener("message", listener);
  }

  /** Call in a component: tells the parent of what changes, from when `isDone`. */
  watch(isDone: () => boolean, height: () => number): void {
    const { page } = this;
    $effect(() => {
      if (isDone()) this.selection(page.pinned);
    });
    $effect(() => {
      if (isDone() && page.values) untrack(() => this.prompt());
    });
    $effect(() => {
      if (isDone()) this.height(height());
    });
  }

  ready(): void {
    const { model, loaded } = this.page;
    this.send("ready", {
      version: 1,
      model: model?.spec.name ?? null,
      models: loaded?.models.map(({ spec }) => spec.name) ?? [],
    });
  }

  selection(cell: CellRef | null): void {
    const value = cell ? this.page.values?.at(cell) : undefined;
    const said = value === undefined ? null : Number.isFinite(value) ? value : String(value);
    this.send("selection", { cell: cell && formatCell(cell), value: said });
  }

  prompt(): void {
    const { values, letters } = this.page;
    if (!values) return;
    const text = letters ? values.texts.join("") : null;
    this.send("prompt", { text, tokens: [...values.tokens] });
  }

  /** The height at which the picture fills the width that there is. */
  height(pixels: number): void {
    this.send("height", { height: Math.round(pixels) });
  }

  private send(type: string, fields: object): void {
    if (!this.isActive) return;
    this.parent.postMessage({ type: `cutaway:${type}`, ...fields }, this.options.origin!);
  }

  /** What a message mentions; what it does not mention stays as it is. */
  private async set(asked: Address, camera: CameraState | null): Promise<void> {
    const { page } = this;
    const { theme, opening, navigation } = this.host;
    if (asked.theme) theme.follow(asked.theme);
    if (asked.model !== undefined || asked.with) await opening.follow(this.models(asked));
    const { prompt, tokens, cell } = asked;
    if (prompt !== undefined || tokens || cell !== undefined) {
      const { prompt: text, tokens: ids, ...rest } = page.address;
      const before = prompt !== undefined || tokens ? {} : { prompt: text, tokens: ids };
      await page.show({ ...rest, ...before, ...asked } as Address);
    }
    if (camera) navigation.lookFrom(camera);
  }

  /** Models that are not mentioned stay; one that is new takes the place of the current one. */
  private models({ model: asked, with: others }: Address): Address {
    const names = this.page.opened.map(({ name }) => name);
    const current = this.page.current?.name ?? "";
    const model = asked ?? current;
    if (others) return { model, with: others };
    const kept = names.includes(model)
      ? names
      : names.map((name) => (name === current ? model : name));
    return { model, with: othersOf(kept, model) };
  }

  private async receive({ source, origin, data }: MessageEvent): Promise<void> {
    if (source !== this.parent) return;
    if (this.options.origin !== "*" && origin !== this.options.origin) return;
    const message: unknown = data;
    if (typeof message !== "object" || message === null || !("type" in message)) return;
    if (message.type !== "cutaway:set") return;
    const { address, camera, problems } = understood(message as Record<string, unknown>);
    if (problems.length > 0) this.send("error", { message: problems.join(" ") });
    await this.set(address, camera);
  }
}
