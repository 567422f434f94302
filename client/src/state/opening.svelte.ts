/**
 * Which models stand in the scene, and how they come there: the bundle, those of the address, those that
 * the visitor adds from the bundle or its catalogue; their files, and how far they have come.
 */
import { SvelteSet } from "svelte/reactivity";
import {
  loadBundle,
  loadCatalogued,
  type LoadedBundle,
  type LoadedModel,
  type Progress,
} from "../bundle";
import type { Model } from "../bundle/wire";
import { words } from "../words";
import { namesOf, type Address } from "./address";
import { choicesOf, lengthsOf, unknownModel, wholeOf, type Choice, type Length } from "./choices";
import { Loading } from "./loading";
import { Opened } from "./opened.svelte";
import type { Page } from "./page.svelte";

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

  /** All that can stand in the scene, see `choicesOf`. */
  get choices(): Choice[] {
    const { loaded } = this.page;
    return loaded ? choicesOf(loaded, (name) => this.isOpen(name)) : [];
  }

  /** What a model can be drawn for, see `lengthsOf`. */
  lengthsOf(spec: Model): Length[] {
    return lengthsOf(this.page.loaded, spec);
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
    if (this.isOpen(name) || this.adding.has(name)) return;
    const put = (opened: Opened) => this.ask([...this.page.opened, opened]);
    await this.bring(name, { put, again: () => void this.add(name) });
  }

  /** Puts a model in the place of one of the scene, such as the same one drawn for fewer tokens. */
  async exchange(name: string, other: string): Promise<void> {
    const { page } = this;
    const before = page.opened.find((each) => each.name === name);
    if (!before || name === other || this.adding.has(other)) return;
    if (this.isOpen(other)) return this.remove(name);
    const put = (opened: Opened) => {
      const at = page.opened.indexOf(before);
      if (at < 0) return opened.dispose(); // taken out of the scene meanwhile
      const { current, trail } = page;
      this.ask(page.opened.with(at, opened), current === before ? opened : current);
      if (current === before) page.keepTrail(trail);
    };
    await this.bring(other, { put, again: () => void this.exchange(name, other), as: before });
  }

  /** Takes a model out of the scene, or off the way to it; the last one stays. */
  remove(name: string): void {
    const { page } = this;
    this.adding.delete(name);
    const rest = page.opened.filter((each) => each.name !== name);
    if (rest.length === 0 || rest.length === page.opened.length) return;
    const at = page.opened.findIndex((each) => each.name === name);
    this.ask(
      rest,
      page.current?.name === name ? rest[Math.min(at, rest.length - 1)] : page.current,
    );
  }

  /** What the visitor wants to see, in this order. */
  private ask(opened: readonly Opened[], current = this.page.current): void {
    this.isAsked = true;
    this.page.arrange(this.page.loaded!, opened, current!);
    this.page.visits += 1;
  }

  /**
   * Fetches a model and lets `put` give it a place among the others, unless it was taken back, or the page
   * follows another address, before it was here. `as`: the one whose prompt it is to run.
   */
  private async bring(
    name: string,
    { put, again, as }: { put: (opened: Opened) => void; again: () => void; as?: Opened },
  ): Promise<void> {
    const { page, adding, latest } = this;
    const { loaded } = page;
    if (!loaded) return;
    adding.add(name);
    try {
      const model = await this.modelNamed(loaded, name);
      if (latest !== this.latest) return;
      if (!model) return page.notices.say(unknownModel(loaded, name));
      const opened = await Opened.from(loaded, model, page.notices);
      if (as) await opened.runAs(as);
      if (latest !== this.latest || !adding.has(name) || this.isOpen(name)) opened.dispose();
      else put(opened);
    } catch (error) {
      page.notices.fail(error, { label: words.controls.retry, act: again });
    } finally {
      if (latest === this.latest) adding.delete(name);
    }
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
        page.notices.say(unknownModel(loaded, wanted, words.notices.instead(model.spec.title)));
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
    const put = (opened: Opened) => {
      const all = [...page.opened, opened].sort((a, b) => placeOf(a) - placeOf(b));
      page.arrange(loaded, all, page.current!);
    };
    for (const name of missing) {
      if (id !== this.latest) return;
      if (this.adding.has(name)) await this.bring(name, { put, again: () => void this.add(name) });
    }
  }

  /** A model of the bundle or of its catalogue; null for any other name. */
  private async modelNamed(loaded: LoadedBundle, name: string): Promise<LoadedModel | null> {
    const own = loaded.models.find(({ spec }) => spec.name === name);
    if (own) return own;
    const entry = loaded.bundle.catalogue.find((each) => each.name === name);
    return entry ? loadCatalogued(loaded.base, entry) : null;
  }
}
