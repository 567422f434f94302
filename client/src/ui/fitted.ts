/**
 * A formula too wide for its place is set smaller, as far as it can be read; the rest scrolls. Done when the
 * browser has laid it out anyway, for asking earlier makes it lay out twice.
 */
export class Fitting {
  private readonly seen = new WeakSet<Element>();
  private readonly once = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      this.once.unobserve(target);
      if (document.fonts.status === "loading") {
        // Its own letters are still on their way, and are wider or narrower than those that stand in for them.
        void document.fonts.ready.then(() => target.isConnected && this.see(target));
        continue;
      }
      const place = target.parentElement;
      if (!place || !(target instanceof HTMLElement)) continue;
      this.seen.add(target);
      const room = place.clientWidth / place.scrollWidth;
      if (room >= 1) continue;
      target.style.fontSize = `${Math.max(room, SMALLEST) * 100}%`;
      target.classList.toggle("cut", room < SMALLEST);
    }
  });

  /** Sees to the size of a formula that has come to its place; of the same one only once. */
  see(formula: Element): void {
    if (!this.seen.has(formula)) this.once.observe(formula);
  }

  stop(): void {
    this.once.disconnect();
  }
}

const SMALLEST = 0.76;
