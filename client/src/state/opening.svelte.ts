/**
 * Which models stand in the scene, and how they come there: the bundle, those of the address, those that
 * the visitor adds from the bundle or its catalogue; their files, and how far they have come.
 */
import { SvelteSet } from "svelte/reactivity";
import {
  loadBundle,
  loadCatalogued,
  nearMatches,
  type LoadedBundle,
  type LoadedModel,
  type Progress,
} from "../bundle";
import type { CatalogueEntry, Model } from "../bundle/wire";
import { words } from "../words";
import { namesOf, type Address } from "./address";
import { Loading } from "./loading";
import { Opened } from "./opened.svelte";
import type { Page } from "./page.svelte";

/** A model that can stand in the scene. */
export interface Choice {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /** Whether its structure is fetched when it is asked for; else it came with the bundle. */
  readonly isCatalogued: boolean;
}

/** One of the numbers of tokens that a model can be drawn for. */
export interface Length {
  /** Of the model drawn for so many. */
  readonly name: string;
  readonly tokens: number;
  /** Whether that is its context. */
  readonly isWhole: boolean;
}

export class Opening {
  /** What is being fetched; null when nothing is. */
  progress = $state.raw<Progress | null>(null);
  /** A model that the page is to show is on its way, be it the first or another one. */
  busy = $state(true);
  /** There is nothing to show, and a sentence that says why. */
  failed = $state(false);
  /** What the address asked for is shown. */
  done = $state(false);
  /** Names of the models that are on their way into the scene beside the others. */
  readonly adding = new SvelteSet<string>();

  /** Whether the visitor changed what stands there, not an address. */
  isAsked = false;

  private latest = 0;
  /** An address whose other models wait until the first is seen. */
  private rest: Address | null = null;

  constructor(
    private readonly page: Page,
    private readonly base: URL,
  ) {}

  /** All that can stand in the scene: the models of the bundle, then those of the catalogue by size. */
  get choices(): Choice[] {
    const { loaded } = this.page;
    if (!loaded) return [];
    const wholes = new Set(loaded.models.map(({ spec }) => spec.whole ?? spec.name));
    const isOfPage = ({ name, whole }: CatalogueEntry) => wholes.has(whole ?? name);
    return [
      ...loaded.models.map(({ spec: { name, title, cost } }) => {
        return { name, title, parameters: cost.parameters, isCatalogued: false };
      }),
      ...loaded.bundle.catalogue
        .filter(({ name, whole }) => whole === null || this.isOpen(name)) // the card of the whole one has them
        .map((entry) => {
          const { name, title, parameters } = entry;
          return { name, title, parameters, isCatalogued: !isOfPage(entry) };
        }),
    ].sort((a, b) => Number(a.isCatalogued) - Number(b.isCatalogued));
  }

  /** What a model can be drawn for, fewest tokens first: as it is, and as the bundle or its catalogue have it, too. */
  lengthsOf(spec: Model): Length[] {
    const { loaded } = this.page;
    const of = spec.whole ?? spec.name;
    const all = [
      ...(loaded?.models.map((each) => ({ ...each.spec, parameters: each.spec.cost.parameters })) ??
        []),
      ...(loaded?.bundle.catalogue ?? []),
    ].filter(
      ({ name, whole, parameters }) =>
        (whole ?? name) === of && parameters === spec.cost.parameters,
    );
    const found = new Map(
      [...all, spec].map(({ name, context, whole }) => [name, { context, whole }]),
    );
    return [...found]
      .map(([name, { context, whole }]) => ({ name, tokens: context, isWhole: whole === null }))
      .sort((a, b) => a.tokens - b.tokens);
  }

  /** Puts a model in the place of one of the scene, such as the same one drawn for fewer tokens. */
  async exchange(name: string, other: string): Promise<void> {
    const { page, adding } = this;
    const { loaded } = page;
    if (!loaded || name === other || !this.isOpen(name) || adding.has(other)) return;
    if (this.isOpen(other)) return this.remove(name);
    adding.add(other);
    try {
      const model = await this.modelNamed(loaded, other);
      if (!model) return this.sayUnknown(loaded, other);
      const opened = await Opened.from(loaded, model, page.notices);
      const before = page.opened.find((each) => each.name === name);
      if (before) await opened.runAs(before);
      // Taken back meanwhile, or opened by an address.
      const at = page.opened.findIndex((each) => each.name === name);
      if (!adding.has(other) || this.isOpen(other) || at < 0) return opened.dispose();
      this.isAsked = true;
      const { current, trail } = page;
      page.arrange(
        loaded,
        page.opened.with(at, opened),
        current!.name === name ? opened : current!,
      );
      if (current!.name === name) page.keepTrail(trail);
      page.visits += 1;
    } catch (error) {
      const act = () => void this.exchange(name, other);
      page.notices.fail(error, { label: words.controls.retry, act });
    } finally {
      adding.delete(other);
    }
  }

  /** Shows what `address` asks for; whether there is something to show now. */
  async begin(address: Address): Promise<boolean> {
    try {
      const loaded = await loadBundle(this.base);
      await this.arrange(loaded, address);
      this.rest = address; // the first picture may be there before the prompt of the address has run
      await this.page.show(address);
      this.done = true;
    } catch (error) {
      this.page.notices.fail(error, { label: words.controls.reload, act: () => location.reload() });
      this.failed = true;
      this.busy = false;
    }
    return this.done;
  }

  /**
   * The models of an address; those that are shown stay as they are if that fails. Whether the current
   * one is now the one of the address.
   */
  async follow(address: Address): Promise<boolean> {
    const { loaded } = this.page;
    if (!loaded) return false;
    try {
      const isLatest = await this.arrange(loaded, address);
      if (isLatest) void this.addOthers(loaded, address);
      return isLatest;
    } catch (error) {
      this.busy = false;
      this.page.notices.fail(error, {
        label: words.controls.retry,
        act: () => void this.follow(address),
      });
      return false;
    }
  }

  /** The other models of the first address. Call once the current one can be seen: they are not to delay it. */
  async addRest(): Promise<void> {
    const { loaded } = this.page;
    const { rest } = this;
    this.rest = null;
    if (loaded && rest) await this.addOthers(loaded, rest);
  }

  /** Puts a model beside those of the scene. */
  async add(name: string): Promise<void> {
    const { page, adding } = this;
    const { loaded } = page;
    if (!loaded || this.isOpen(name) || adding.has(name)) return;
    adding.add(name);
    try {
      const model = await this.modelNamed(loaded, name);
      if (!model) return this.sayUnknown(loaded, name);
      const opened = await Opened.from(loaded, model, page.notices);
      // Taken back meanwhile, or opened by an address.
      if (!adding.has(name) || this.isOpen(name)) return opened.dispose();
      this.isAsked = true;
      page.arrange(loaded, [...page.opened, opened], page.current!);
      page.visits += 1;
    } catch (error) {
      page.notices.fail(error, { label: words.controls.retry, act: () => void this.add(name) });
    } finally {
      adding.delete(name);
    }
  }

  /** Takes a model out of the scene, or off the way to it; the last one stays. */
  remove(name: string): void {
    const { page } = this;
    this.adding.delete(name);
    const rest = page.opened.filter((each) => each.name !== name);
    if (rest.length === 0 || rest.length === page.opened.length) return;
    const at = page.opened.findIndex((each) => each.name === name);
    const current =
      page.current?.name === name ? rest[Math.min(at, rest.length - 1)]! : page.current!;
    this.isAsked = true;
    page.arrange(page.loaded!, rest, current);
    page.visits += 1;
  }

  private isOpen(name: string): boolean {
    return this.page.opened.some((each) => each.name === name);
  }

  /**
   * The current model of an address, and of the others those that are there already. False when a later
   * address came between.
   */
  private async arrange(loaded: LoadedBundle, address: Address): Promise<boolean> {
    const id = ++this.latest;
    const { page } = this;
    this.rest = null;
    this.adding.clear();
    const first = loaded.models[0]!;
    const wanted = address.model ?? first.spec.name;
    let current = page.opened.find((each) => each.name === wanted);
    if (!current) {
      const files = new Loading();
      this.busy = true;
      const onProgress = (file: Progress) => {
        if (id === this.latest) this.progress = files.add(file);
      };
      let model = await this.modelNamed(loaded, wanted);
      if (!model) {
        const whole = await this.modelNamed(loaded, wholeOf(wanted));
        model = whole ?? first;
        this.sayUnknown(loaded, wanted, words.notices.instead(model.spec.title));
      }
      const { name } = model.spec;
      current = page.opened.find((each) => each.model === model || each.name === name);
      current ??= await Opened.from(loaded, model, page.notices, { onProgress });
    }
    if (id !== this.latest) {
      if (!page.opened.includes(current)) current.dispose();
      return false;
    }
    const names = namesOf(current.name, address.with);
    const opened = names.flatMap((name) =>
      name === current.name ? [current] : page.opened.filter((each) => each.name === name),
    );
    page.arrange(loaded, opened, current);
    this.progress = null;
    this.busy = false;
    return true;
  }

  /** The other models of an address, one after the other, each at its place. */
  private async addOthers(loaded: LoadedBundle, { with: others }: Address): Promise<void> {
    const id = this.latest;
    const { page } = this;
    const order = namesOf(page.current!.name, others);
    const missing = order.filter((name) => !this.isOpen(name));
    for (const name of missing) this.adding.add(name);
    const placeOf = ({ name }: Opened): number =>
      order.includes(name) ? order.indexOf(name) : order.length;
    for (const name of missing) {
      try {
        const model = await this.modelNamed(loaded, name);
        if (id !== this.latest) return;
        if (!model) {
          this.sayUnknown(loaded, name);
          continue;
        }
        const opened = await Opened.from(loaded, model, page.notices);
        if (id !== this.latest || !this.adding.has(name) || this.isOpen(name)) {
          opened.dispose();
          if (id !== this.latest) return;
          continue;
        }
        const all = [...page.opened, opened].sort((a, b) => placeOf(a) - placeOf(b));
        page.arrange(loaded, all, page.current!);
      } catch (error) {
        page.notices.fail(error, { label: words.controls.retry, act: () => void this.add(name) });
      } finally {
        if (id === this.latest) this.adding.delete(name);
      }
    }
  }

  /** A model of the bundle or of its catalogue; null for any other name. */
  private async modelNamed(loaded: LoadedBundle, name: string): Promise<LoadedModel | null> {
    const own = loaded.models.find(({ spec }) => spec.name === name);
    if (own) return own;
    const entry = loaded.bundle.catalogue.find((each) => each.name === name);
    return entry ? loadCatalogued(loaded.base, entry) : null;
  }

  private sayUnknown({ models, bundle }: LoadedBundle, name: string, instead?: string): void {
    const known = [
      ...models.map(({ spec }) => spec.name),
      ...bundle.catalogue.map((each) => each.name),
    ];
    const so = instead ? `; ${instead}` : "";
    const whole = wholeOf(name);
    if (whole !== name && known.includes(whole)) {
      const lengths = known.filter((each) => wholeOf(each) === whole);
      const tokens = name.slice(whole.length + 1);
      return this.page.notices.say(words.notices.noLength(whole, tokens, so, lengths.join(", ")));
    }
    const near = nearMatches(name, known);
    const hint = near.length > 0 ? words.notices.nearMatches(near.join(", ")) : "";
    this.page.notices.say(words.notices.noModel(name, so) + hint);
  }
}

/** The name of a model at its whole context: `name@1024` is one drawn for so many tokens. */
function wholeOf(name: string): string {
  return name.replace(/@\d+$/, "");
}
