/** How the window is shared: the picture has it all, less what panels, sheet and tour cover. */
import { MediaQuery } from "svelte/reactivity";
import type { Corner, Insets } from "../render";
import type { Tab } from "./Sheet.svelte";

const OUTLINE_PX = 248;
const PANEL_PX = 344;
const TOUR_PX = 360;
const BAR_PX = 48;
/** What the buttons in the corners of the picture cover, with some room around them. */
const REOPEN_PX = { width: 140, height: 46 };
const DOOR_PX = { width: 96, height: 52 };
/** Windows wider than this have room for cards beside the picture while the tour is open. */
const CARDS_BESIDE_PX = 1000;
/** Windows from this width on have room for the outline beside the picture. */
const WIDE_PX = 1060;

export class Room {
  width = $state(innerWidth);
  height = $state(innerHeight);
  outlineOpen = $state(false);
  /** Whether models are being chosen; on a wide window in place of the outline. */
  isPicking = $state(false);
  /** Closed until there is something to explain: the picture is to have the room. */
  panelOpen = $state(false);
  /** Of the sheet on a narrow screen. */
  tab = $state<Tab>("explain");
  /** Height that the visitor gave the sheet. */
  sheet = $state<number | null>(null);
  tourOpen = $state(false);
  /** What the cards of the tour want: at the right, where there is little width above. */
  cards = $state(0);

  private readonly narrowQuery = new MediaQuery("(max-width: 720px)", false);

  constructor(
    /** Whether there are bars above and below. */
    readonly chrome: boolean,
    /** Whether a cell is being explained. */
    private readonly isExplaining: () => boolean,
  ) {
    this.outlineOpen = chrome && innerWidth >= WIDE_PX;
  }

  get narrow(): boolean {
    return this.narrowQuery.current;
  }

  /** Without bars there is nothing below the picture until a cell is to be explained. */
  readonly hasPanels = $derived.by(() => {
    if (this.narrow && this.tourOpen) return this.isExplaining();
    return this.chrome || this.isExplaining();
  });

  readonly sheetHeight = $derived(this.sheet ?? Math.round(this.height * 0.42));

  readonly panelRight = $derived.by(() => (this.panelOpen && !this.narrow ? PANEL_PX : 0));

  readonly insets = $derived.by((): Insets => {
    if (!this.narrow) {
      const isListed = this.outlineOpen || this.isPicking;
      const left = this.tourOpen ? TOUR_PX : isListed ? OUTLINE_PX : 0;
      const cards = this.tourOpen ? this.cards : 0;
      const [right, top] = this.cardsAbove ? [0, cards] : [cards, 0];
      const insets = { left, top, right: this.panelRight + right, bottom: 0 };
      if (this.tourOpen || !this.chrome) return insets;
      const corners: Corner[] = [{ side: "right", edge: "bottom", ...DOOR_PX }];
      if (left === 0) corners.push({ side: "left", edge: "top", ...REOPEN_PX });
      if (!this.panelOpen) corners.push({ side: "right", edge: "top", ...REOPEN_PX });
      return { ...insets, corners };
    }
    const sheet = this.hasPanels ? Math.min(this.sheetHeight, this.height * 0.6) : 0;
    const bottom = this.tourOpen ? (this.height - BAR_PX) * 0.46 : sheet;
    return { left: 0, top: this.tourOpen ? this.cards : 0, right: 0, bottom };
  });

  /** Whether cards of the tour stand above the picture, not beside it. */
  get cardsAbove(): boolean {
    return this.width <= CARDS_BESIDE_PX;
  }

  /** Opens what says how a cell was computed. */
  explain(): void {
    this.panelOpen = true;
    if (!this.narrow) return;
    this.tab = "explain";
    if (this.sheetHeight < 120) this.sheet = null;
  }

  /** Whether the list of models can be seen. */
  readonly picking = $derived.by(() =>
    this.narrow ? this.tab === "models" && this.sheetHeight > 120 : this.isPicking,
  );

  /** Opens the list of models, or puts it away. */
  pick(): void {
    if (!this.narrow) this.isPicking = !this.isPicking;
    else if (this.picking) this.tab = "explain";
    else {
      this.tab = "models";
      if (this.sheetHeight < 120) this.sheet = null;
    }
  }

  /** Opens the outline. */
  find(): void {
    this.isPicking = false;
    if (this.narrow) this.tab = "outline";
    else this.outlineOpen = true;
  }

  /** The height at which a frame of this width shows the picture best. */
  get wanted(): number {
    const { narrow } = this;
    const scene = Math.max(320, this.width * (narrow ? 0.95 : 0.56));
    if (!this.chrome) return scene;
    return scene + (narrow ? BAR_PX + 300 : 52 + 68);
  }
}
