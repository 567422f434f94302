/** How a page begins: the bundle, the model of the address, its files, and how far they have come. */
import { loadBundle, type LoadedBundle, type Progress } from "../bundle";
import type { Address } from "./address";
import { Loading } from "./loading";
import type { Page } from "./page.svelte";

export class Opening {
  /** What is being fetched; null when nothing is. */
  progress = $state.raw<Progress | null>(null);
  /** A model is on its way, be it the first or another one. */
  busy = $state(true);
  /** There is nothing to show, and a sentence that says why. */
  failed = $state(false);
  /** What the address asked for is shown. */
  done = $state(false);

  private latest = 0;

  constructor(
    private readonly page: Page,
    private readonly base: URL,
  ) {}

  /** Shows what `address` asks for; whether there is something to show now. */
  async begin(address: Address): Promise<boolean> {
    try {
      const loaded = await loadBundle(this.base);
      await this.model(loaded, address.model);
      await this.page.show(address);
      this.done = true;
    } catch (error) {
      this.page.notices.fail(error, { label: "Reload", act: () => location.reload() });
      this.failed = true;
      this.busy = false;
    }
    return this.done;
  }

  /** Another model of the bundle, on the prompt of the address; the one that is shown stays if that fails. */
  async follow(address: Address): Promise<void> {
    const { loaded } = this.page;
    if (!loaded) return;
    try {
      await this.model(loaded, address.model);
    } catch (error) {
      this.busy = false;
      this.page.notices.fail(error, {
        label: "Try again",
        act: () => void this.follow(address),
      });
    }
  }

  /** The model called `name`, else the first one, unless it is the one that is shown. */
  private async model(loaded: LoadedBundle, name: string | undefined): Promise<void> {
    const id = ++this.latest;
    const model = loaded.models.find(({ spec }) => spec.name === name) ?? loaded.models[0]!;
    if (name && model.spec.name !== name) {
      this.page.notices.say(`There is no model “${name}” here; this is ${model.spec.title}.`);
    }
    if (model !== this.page.model) {
      const files = new Loading();
      this.busy = true;
      const onProgress = (file: Progress) => {
        if (id === this.latest) this.progress = files.add(file);
      };
      await this.page.open(loaded, model, { onProgress }, () => id === this.latest);
    }
    if (id !== this.latest) return;
    this.progress = null;
    this.busy = false;
  }
}
