"""What the page does, in a real browser with software WebGL2: load, frames, uploads, explanations.

The same things are counted as in the measurement of the best public page (see issue 2), by counters of
our own in ``counters.js``. Frames per second of software rendering say little, so they are not a target.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

import cutaway
from bench.browser import COUNTERS, VIEWPORT, drawn, launch, moving, point_of_scene
from bench.figures import Figure

LOADS = 3
SECONDS = 3.0


def measure() -> Iterator[Figure]:
    """Every figure of the page."""
    with (
        cutaway.show(cutaway.load("nano-gpt"), open_browser=False) as shown,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        loads = [load(browser, shown.url) for _ in range(LOADS)]
        yield from loading([figures for figures, _ in loads])
        for _, page in loads[:-1]:
            page.context.close()
        yield from frames(loads[-1][1])
        yield explaining(loads[-1][1])
        browser.close()


def load(browser: Browser, url: str) -> tuple[dict[str, float], Page]:
    """Open the page with an empty cache and wait for the first frame with data."""
    page = browser.new_context(viewport=VIEWPORT).new_page()
    page.add_init_script(path=COUNTERS)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    bytes_received: list[float] = []
    network.on("Network.loadingFinished", lambda e: bytes_received.append(e["encodedDataLength"]))
    page.goto(url)
    page.wait_for_function(
        "() => window.__counters.ready !== null && document.documentElement.dataset.ready", timeout=60_000
    )
    page.wait_for_timeout(1500)
    found = page.evaluate("({ ready: __counters.ready, programs: __counters.programs, height: innerHeight })")
    return {**found, "bytes": sum(bytes_received), "requests": len(bytes_received)}, page


def loading(loads: list[dict[str, float]]) -> Iterator[Figure]:
    def middle(key: str) -> float:
        return statistics.median(one[key] for one in loads)

    yield Figure("page", "first frame with data", middle("ready") / 1e3, "s", 2.07, note="the public page: 2.07 s")
    yield Figure("page", "requests while loading", middle("requests"), "", 28, note="28")
    yield Figure("page", "bytes over the wire", middle("bytes") / 1e3, "kB", 905, note="905 kB")
    yield Figure("page", "WebGL programs linked", middle("programs"), "", 146, note="146")


def frames(page: Page) -> Iterator[Figure]:
    at = point_of_scene(page, 0.55, 0.5)
    page.mouse.move(5, 5)
    page.wait_for_timeout(800)
    idle = drawn(page, lambda: page.wait_for_timeout(SECONDS * 1000), counting=False)
    yield Figure("page", "frames drawn in 3 s of idleness", len(idle), "", 0)
    page.evaluate("cutaway.view.fit(false)")
    for name, button, notes in (
        ("hover", None, ("", "10.2 ms", "")),
        ("orbit", "right", ("219", "8.7 ms", "2,000 kB")),
    ):
        frames = moving(page, at, button)
        yield Figure("page", f"{name}: draw calls a frame, most", frames.most_draws, "", 16, note=notes[0])
        yield Figure("page", f"{name}: JS a frame, median", frames.middle_js_ms, "ms", 1.5, note=notes[1])
        target = 20 if name == "orbit" else None
        uploaded = frames.middle_uploaded / 1e3
        yield Figure("page", f"{name}: uploaded a frame, median", uploaded, "kB", target, note=notes[2])
    page.mouse.move(5, 5)
    page.wait_for_timeout(600)


def explaining(page: Page) -> Figure:
    """Explaining random cells, all of it: strings, the largest terms, sources."""
    took = page.evaluate(
        """() => {
          const { page } = window.cutaway, model = page.model, lengths = page.values.lengths, took = [];
          const cells = model.names.flatMap((tensor) => [0.2, 0.5, 0.9].map((part) =>
            ({ tensor, index: model.tensor(tensor).shape(lengths).map((n) => Math.floor(n * part)) })));
          for (let round = 0; round < 4; round++) for (const cell of cells) {
            page.hover(null);
            const start = performance.now();
            page.hover(cell);
            const e = page.hoverExplanation;
            void [e.value, e.text, e.latex, e.numbersText, e.numbersLatex, e.sources, e.sums.map((s) => s.largest(4))];
            if (round > 1) took.push(performance.now() - start);
          }
          page.hover(null);
          return took;
        }"""
    )
    return Figure("page", "explain one cell, browser, mean of all tensors", statistics.mean(took), "ms", 0.2)
