"""Several models in one scene: nano-gpt, GPT-2 XL and GPT-3 side by side, in a real browser.

What it costs to put the large one in, to look at all of them, and what is left when it is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

import cutaway
from bench.browser import launch, moving, opened, point_of_scene, rest
from bench.figures import Figure

LONG_TASKS = """
window.__tasks = [];
new PerformanceObserver((list) => __tasks.push(...list.getEntries().map((e) => e.duration)))
  .observe({ entryTypes: ["longtask"] });
"""

TYPESETS = "() => performance.getEntriesByType('resource').some(({ name }) => /katex.*js$/.test(name))"


def measure() -> Iterator[Figure]:
    """Every figure of a scene of several models."""
    with cutaway.show(cutaway.load("nano-gpt"), open_browser=False) as shown, sync_playwright() as playwright:
        browser = launch(playwright)
        page = opened(browser, reduced_motion="reduce")
        page.add_init_script(LONG_TASKS)
        page.goto(f"{shown.url}#with=gpt2-xl")
        page.wait_for_selector("html[data-ready=true]")
        of_two(page)
        # What typesets formulas comes with the first input or after a while, and is no part of a model.
        page.mouse.move(0, 0)
        page.wait_for_function(TYPESETS)
        rest(page)
        # once in and out, so that what is kept for good is not counted as the model's
        go(page, "with=gpt2-xl,gpt-3", 3)
        go(page, "with=gpt2-xl", 2)
        yield from adding(page, page.context.new_cdp_session(page))
        go(page, "with=gpt2-xl,gpt-3", 3)
        yield from looking(page)
        browser.close()


def of_two(page: Page) -> None:
    page.wait_for_function("() => cutaway.page.opened.length === 2")
    rest(page)


def go(page: Page, address: str, models: int) -> None:
    """To an address, and wait until its models stand in the scene."""
    page.evaluate("(hash) => { location.hash = hash }", address)
    page.wait_for_function("(n) => cutaway.page.opened.length === n", arg=models)
    page.wait_for_function("(n) => cutaway.view.picture.standings.length === n", arg=models)
    rest(page)


def adding(page: Page, session: CDPSession) -> Iterator[Figure]:
    before = heap(session)
    page.evaluate("__tasks.length = 0")
    go(page, "with=gpt2-xl,gpt-3", 3)
    longest = page.evaluate("Math.max(0, ...__tasks)")
    yield Figure("scene", "adding GPT-3: longest task", longest, "ms", 50, note="the public page: 455 ms")
    added = heap(session)
    yield Figure("scene", "adding GPT-3: heap", (added - before) / 1e6, "MB", 10, note="80 MB")
    go(page, "with=gpt2-xl", 2)
    left = max(heap(session) - before, 0) / 1e6
    yield Figure("scene", "GPT-3 taken out again: heap that is left", left, "MB", 0.5)


def heap(session: CDPSession) -> float:
    """Bytes of objects and of array buffers that are still in use."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    usage: dict[str, Any] = session.send("Runtime.getHeapUsage")
    return usage["usedSize"] + usage.get("backingStorageSize", 0)


def looking(page: Page) -> Iterator[Figure]:
    at = point_of_scene(page, 0.62, 0.45)
    views = (
        ("all", "cutaway.view.fit(false)"),
        ("one layer of GPT-3", "cutaway.view.flyTo({ module: 'blocks.*', layer: 17 }, false)"),
        ("one tensor of GPT-3", "cutaway.view.flyTo({ tensor: 'blocks.17.attn.q' }, false)"),
    )
    page.evaluate("cutaway.page.focus('gpt-3')")
    for name, goes in views:
        rest(page)
        page.evaluate(goes)
        rest(page)
        for act, button in (("hover", None), ("orbit", "right")):
            frames = moving(page, at, button)
            yield Figure("scene", f"{name}, {act}: draw calls a frame, most", frames.most_draws, "", 20)
            yield Figure("scene", f"{name}, {act}: JS a frame, median", frames.middle_js_ms, "ms", 2)
