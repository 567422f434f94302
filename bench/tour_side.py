"""What the built-in tour costs: compiling it, its bytes, and its frames in a real browser."""

from __future__ import annotations

import gzip
import statistics
import time
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

import cutaway
from bench.browser import COUNTERS, VIEWPORT, launch
from bench.figures import Figure
from cutaway.model import Model
from cutaway.tour import compile_tour
from cutaway.tour.files import tour_file
from cutaway.tour.guide import GUIDE

PLAYED = ("what-it-does", "self-attention", "mlp", "softmax")
"""Chapters with many blocks, with cells in flight, with a curve, with sliders."""
SEEKS = 40
PART = "tour"


def measure() -> Iterator[Figure]:
    """Every figure of the tour."""
    model = cutaway.load("nano-gpt")
    yield Figure(PART, "compile all chapters, time of the processor", compiling(model), "s", 1.0)
    for language in GUIDE.languages:
        size = len(gzip.compress(tour_file(GUIDE, model, language), 6)) / 1e3
        yield Figure(PART, f"compiled tour with gzip, {language}", size, "kB", 60)
    yield from frames(model)


def compiling(model: Model) -> float:
    """Seconds, the median of several times."""
    took = []
    for _ in range(5):
        start = time.process_time()
        compile_tour(GUIDE, model)
        took.append(time.process_time() - start)
    return statistics.median(took)


def frames(model: Model) -> Iterator[Figure]:
    """Playing and seeking."""
    with cutaway.show(model, open_browser=False) as shown, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport=VIEWPORT)
        page.add_init_script(path=COUNTERS)
        page.goto(f"{shown.url}#chapter={PLAYED[0]}&t=0")
        page.wait_for_selector("html[data-ready=true]", timeout=60_000)
        page.wait_for_selector("[data-testid=tour] section")
        page.wait_for_timeout(2000)
        yield from playing([frame for chapter in PLAYED for frame in played(page, chapter)])
        yield seeking(page)
        browser.close()


def played(page: Page, chapter: str) -> list[dict[str, float]]:
    """The frames of a chapter, from its beginning to its end."""
    page.evaluate("(chapter) => { location.hash = `chapter=${chapter}&t=0` }", chapter)
    page.wait_for_selector(f"[data-testid=tour][data-chapter={chapter}]")
    page.wait_for_timeout(1000)
    stops = page.evaluate("document.querySelectorAll('[data-testid=tour] section').length")
    taken: list[dict[str, float]] = []
    for _ in range(stops):
        page.evaluate("__counters.take()")
        page.get_by_test_id("tour-play").click()
        page.wait_for_selector("[data-testid=tour][data-playing=false]", timeout=120_000)
        taken += [frame for frame in page.evaluate("__counters.take()") if frame["draws"] > 0]
    return taken


def playing(taken: list[dict[str, float]]) -> Iterator[Figure]:
    js = statistics.median(frame["js"] for frame in taken)
    draws = max(frame["draws"] for frame in taken)
    note = f"9.7 ms; {len(taken)} frames"
    yield Figure(PART, "playing: JS a frame, median", js, "ms", 2.0, note=note)
    yield Figure(PART, "playing: draw calls a frame, most", draws, "", 24, note="237 to 294")
    uploaded = statistics.median(frame["uploaded"] for frame in taken) / 1e3
    yield Figure(PART, "playing: uploaded a frame, median", uploaded, "kB")


def seeking(page: Page) -> Figure:
    """Jumping about in a chapter: how many frames until the moment is drawn."""
    page.evaluate("location.hash = 'chapter=self-attention&t=1'")
    page.wait_for_timeout(1500)
    waited = page.evaluate(
        """async (seeks) => {
          const scrubber = document.querySelector("[data-testid=tour-scrubber]"), waited = [];
          for (let i = 0; i < seeks; i++) {
            const time = ((i * 7919) % 100) / 100 * scrubber.max;
            const before = cutaway.stats.frames;
            scrubber.value = time;
            scrubber.dispatchEvent(new Event("input", { bubbles: true }));
            let frames = 0;
            while (cutaway.stats.frames === before && frames < 10) {
              await new Promise(requestAnimationFrame);
              frames += 1;
            }
            waited.push(frames);
            await new Promise((done) => setTimeout(done, 30));
          }
          return waited;
        }""",
        SEEKS,
    )
    return Figure(PART, "seek to any moment: frames until it is drawn, most", max(waited), "", 1)
