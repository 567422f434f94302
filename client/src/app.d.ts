import type { CellRef } from "./bundle";
import type { SceneView } from "./render";
import type { Page } from "./state/page.svelte";

/** For tests and for pages that embed this one. */
export interface Handle {
  readonly view: SceneView | null;
  readonly page: Page;
  /** Where a cell stands, in client coordinates (CSS pixels of the window); null without a scene. */
  project(cell: CellRef): { x: number; y: number; visible: boolean } | null;
  readonly stats: SceneView["stats"] | null;
}

declare global {
  interface Window {
    cutaway?: Handle;
  }
}
