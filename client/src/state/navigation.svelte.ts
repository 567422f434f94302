/**
 * Keeps the address of the page and what it shows the same, both ways.
 *
 * Selections become entries of the browser's history, with the trail that led to them; everything
 * else (camera, prompt, moving the selection with the arrow keys) replaces the current entry, at
 * most every quarter of a second, because browsers refuse pages that do it more often.
 */
import type { CellRef } from "../bundle/cell";
import type { CameraState } from "../render";
import { formatAddress, parseAddress, type Address } from "./address";
import type { LanguageChoice } from "./language.svelte";
import type { Page } from "./page.svelte";
import type { ThemeChoice } from "./theme.svelte";
import type { Trail } from "./trail";

const PAUSE_MS = 250;

interface Entry {
  readonly trail?: Trail;
}

export class Navigation {
  /** Set once the visitor has moved the camera; until then every window has its own best view. */
  camera = $state.raw<CameraState | null>(null);

  /** Where the guide is, while it is open. */
  tour = $state.raw<{ chapter: string; time: number } | null>(null);

  private visits = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly page: Page,
    private readonly theme: ThemeChoice,
    private readonly language: LanguageChoice,
    private readonly onCamera: (camera: CameraState) => void,
    /** A page in a frame leaves the history of the one around it alone. */
    private readonly keepsHistory = true,
  ) {}

  /** What the address asks for now; the fragment goes before the query. */
  static read(): Address {
    return { ...parseAddress(location.search), ...parseAddress(location.hash) };
  }

  /** The address of the view as it is now, to be passed on. */
  get link(): string {
    const url = new URL(location.href);
    url.search = "";
    url.hash = formatAddress(this.address);
    return url.href;
  }

  get address(): Address {
    return {
      ...this.page.address,
      ...(this.camera && { camera: this.camera }),
      ...(this.theme.chosen && { theme: this.theme.chosen }),
      ...(this.language.chosen && { lang: this.language.chosen }),
      ...this.tour,
    };
  }

  /** Call in an effect: writes the address whenever it changes. */
  write(): void {
    const fragment = formatAddress(this.address);
    const { visits, trail } = this.page;
    clearTimeout(this.timer);
    if (visits !== this.visits && this.keepsHistory) {
      this.visits = visits;
      this.put("pushState", fragment, trail);
    } else {
      this.timer = setTimeout(() => this.put("replaceState", fragment, trail), PAUSE_MS);
    }
  }

  private put(how: "pushState" | "replaceState", fragment: string, trail: Trail): void {
    const entry: Entry = { trail: trail.map(({ tensor, index }): CellRef => ({ tensor, index })) };
    const { pathname, search } = location;
    try {
      history[how](entry, "", fragment ? `#${fragment}` : pathname + search);
    } catch {
      // Refused in a sandboxed frame or when asked too often: the view is right, the link is not.
    }
  }

  /** Moves the camera, as the visitor would. */
  lookFrom(camera: CameraState): void {
    this.camera = camera;
    this.onCamera(camera);
  }

  /** Follows the back and forward buttons, and a fragment typed by hand, until it is disposed. */
  listen(open: (address: Address) => Promise<boolean>): () => void {
    const follow = async (event: PopStateEvent) => {
      clearTimeout(this.timer);
      const address = Navigation.read();
      const { trail } = (event.state ?? {}) as Entry;
      if (await open(address)) await this.page.show(address, trail);
      if (address.theme) this.theme.follow(address.theme);
      // An entry of the history without a camera leaves the view where it is; what was typed asks for its cell.
      if (address.camera) this.lookFrom(address.camera);
      else if (event.state === null && this.page.pinned) this.page.reveals += 1;
    };
    const listener = (event: PopStateEvent) => void follow(event);
    window.addEventListener("popstate", listener);
    return () => window.removeEventListener("popstate", listener);
  }
}
