"""What the sides that measure in a real browser have in common: the window, the hand, the frames.

The renderer is software, and shares the processor with the page, so frames per second say little. What is
measured of a frame is the script's own time. Several passes of the same movement: some in which nothing but the
frame itself is watched, for the time, and one in which every call to the GPU is counted, for the calls.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, ViewportSize

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "browser"))
from chromium import QUIET, SOFTWARE_WEBGL2, find_chromium  # noqa: E402

VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
COUNTERS = HERE / "counters.js"
STEPS = 40
WARM_UP_STEPS = 60
BURSTS = 3
RADIUS_PX = 60
STEP_MS = 12


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *SOFTWARE_WEBGL2])


def rest(page: Page) -> None:
    """Until nothing is drawn any more."""
    page.wait_for_function(
        """async () => {
          const before = cutaway.view.stats.frames;
          await new Promise((done) => setTimeout(done, 700));
          return cutaway.view.stats.frames === before;
        }"""
    )


def circle(page: Page, at: tuple[float, float], button: Any = None, steps: int = STEPS) -> None:
    """Move the pointer in circles, as a hand does, holding a button or none."""
    x, y = at
    page.mouse.move(x + RADIUS_PX, y)
    if button:
        page.mouse.down(button=button)
    for k in range(steps):
        page.mouse.move(x + RADIUS_PX * math.cos(k * 0.12), y + RADIUS_PX * math.sin(k * 0.12))
        page.wait_for_timeout(STEP_MS)
    if button:
        page.mouse.up(button=button)
    rest(page)


def point_of_scene(page: Page, across: float, down: float) -> tuple[float, float]:
    """A point of the page, by its share of the scene's width and height."""
    box = page.get_by_test_id("scene").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames in which something was drawn."""

    js_ms: list[list[float]]
    """Of each burst of movement."""
    draws: list[float]
    uploaded: list[float]

    @property
    def middle_js_ms(self) -> float:
        """The median frame of the fastest burst: what else the machine does can only add to it."""
        return min((statistics.median(burst) for burst in self.js_ms if burst), default=math.nan)

    @property
    def most_draws(self) -> float:
        return max(self.draws, default=math.nan)

    @property
    def middle_uploaded(self) -> float:
        return statistics.median(self.uploaded) if self.uploaded else math.nan


def moving(page: Page, at: tuple[float, float], button: Any = None) -> Frames:
    """The same circle from the same view: to warm up, in bursts for the time, and for the calls to the GPU."""
    view = page.evaluate("cutaway.view.camera")

    def again(steps: int, *, counting: bool) -> list[dict[str, float]]:
        page.evaluate("(view) => { cutaway.view.camera = view }", view)
        rest(page)
        return drawn(page, lambda: circle(page, at, button, steps), counting=counting)

    again(WARM_UP_STEPS, counting=False)
    timed = [again(STEPS, counting=False) for _ in range(BURSTS)]
    counted = again(STEPS, counting=True)
    page.evaluate("(view) => { cutaway.view.camera = view }", view)
    rest(page)
    return Frames(
        [[frame["js"] for frame in burst] for burst in timed],
        [frame["draws"] for frame in counted],
        [frame["uploaded"] for frame in counted],
    )


def drawn(page: Page, does: Callable[[], None], *, counting: bool) -> list[dict[str, float]]:
    """The frames in which something was drawn meanwhile. Counting calls to the GPU takes time of its own."""
    page.evaluate("(isCounting) => { __counters.count(isCounting); __counters.take() }", counting)
    does()
    return [frame for frame in page.evaluate("__counters.take()") if frame["cleared"] > 0]


def opened(browser: Browser, **context: Any) -> Page:
    """A page in a window of its own, with counters."""
    page = browser.new_context(viewport=VIEWPORT, **context).new_page()
    page.add_init_script(path=COUNTERS)
    return page
