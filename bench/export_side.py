"""What opening an exported page costs a visitor: bytes, requests, time, tasks, memory (targets of issue 3)."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import cutaway
from bench.figures import Figure
from bench.page_side import VIEWPORT
from bench.static_host import hosted

from chromium import QUIET, SOFTWARE_WEBGL2, find_chromium  # isort: skip  (found through bench.page_side)

LOADS = 5

WATCH = """
window.__long = [];
new PerformanceObserver((list) => __long.push(...list.getEntries().map((e) => e.duration)))
  .observe({ type: "longtask", buffered: true });
new MutationObserver(() => { if (document.documentElement.dataset.ready) window.__ready ??= performance.now(); })
  .observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
"""


def measure() -> Iterator[Figure]:
    """Every figure of opening an exported page with an empty cache."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        cutaway.export(Path(folder) / "site", cutaway.load("nano-gpt"))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *SOFTWARE_WEBGL2])
        with hosted(Path(folder) / "site") as url:
            loads = [opened(browser, url) for _ in range(LOADS)]
        browser.close()

    def middle(key: str) -> float:
        return statistics.median(one[key] for one in loads)

    yield Figure("export", "bytes to the first frame with data", middle("bytes") / 1e3, "kB", 600, note="905 kB")
    yield Figure("export", "requests to the first frame with data", middle("requests"), "", 15, note="28")
    yield Figure("export", "first frame with data", middle("ready") / 1e3, "s", 1.2, note="the public page: 2.07 s")
    yield Figure("export", "longest task while loading", middle("task"), "ms", 150, note="435 ms")
    yield Figure("export", "JS heap after loading", middle("heap") / 1e6, "MB", 12, note="17.7 MB")
    yield Figure("export", "bytes after 2.5 s of looking on", middle("all") / 1e3, "kB")


def opened(browser: Browser, url: str) -> dict[str, float]:
    page = browser.new_context(viewport=VIEWPORT).new_page()
    page.add_init_script(WATCH)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
    page.goto(url)
    page.wait_for_selector("html[data-ready=true]", timeout=60_000)
    found = {"bytes": sum(sizes), "requests": len(sizes), "ready": page.evaluate("__ready")}
    page.wait_for_timeout(2500)
    network.send("HeapProfiler.enable")
    network.send("HeapProfiler.collectGarbage")
    heap = network.send("Runtime.getHeapUsage")["usedSize"]
    task = page.evaluate("Math.max(0, ...__long)")
    page.context.close()
    return {**found, "heap": heap, "task": task, "all": sum(sizes)}
