/** What of a page is open to tests and tools. */
import type { SceneView } from "../render";
import type { Page } from "../state/page.svelte";

/** `window.cutaway`. */
export function handleOf(page: Page, view: () => SceneView | null): NonNullable<Window["cutaway"]> {
  return {
    page,
    get view() {
      return view();
    },
    get stats() {
      return view()?.stats ?? null;
    },
    project(cell) {
      const at = view()?.project(cell);
      if (!at) return null;
      const { left, top } = document.querySelector("canvas")!.getBoundingClientRect();
      return { x: at.x + left, y: at.y + top, visible: at.visible };
    },
  };
}
