"""What opening an exported page costs a visitor: bytes, requests, time, tasks, memory (targets of issue 3).

The same is counted as by measure.mjs, the measurement of the best public page; its results are the notes.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

import cutaway
from bench.browser import VIEWPORT, launch
from bench.figures import Figure

from hosting import hosted  # isort: skip  (found through bench.browser)

LOADS = 5
PASSES = 200
FULL = [2, 1, 0, 1, 1, 2, 0, 1, 2, 1, 0]

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
        browser = launch(playwright)
        with hosted(Path(folder) / "site") as url:
            passes = forward(browser, url)
            loads = [opened(browser, url) | busy(browser, url) for _ in range(LOADS)]
        browser.close()

    def middle(key: str) -> float:
        return statistics.median(one[key] for one in loads)

    yield Figure("export", "bytes to the first frame with data", middle("bytes") / 1e3, "kB", 600, note="905 kB")
    yield Figure("export", "requests to the first frame with data", middle("requests"), "", 15, note="28")
    yield Figure("export", "first frame with data", middle("ready") / 1e3, "s", 1.2, note="the public page: 2.07 s")
    yield Figure("export", "longest task while loading", middle("task"), "ms", 150, note="435 ms")
    yield Figure("export", "JS heap after loading", middle("heap") / 1e6, "MB", 12, note="17.7 MB")
    yield Figure("export", "forward pass in the browser, every tensor kept", passes, "ms", 2.0, note="0.73 ms")
    yield Figure("export", "bytes after 2.5 s of looking on", middle("all") / 1e3, "kB")
    yield Figure("export", "requests after 2.5 s of looking on", middle("asked"), "")
    yield Figure("export", "processor time of the page's thread to that frame", middle("busy"), "ms")
    yield Figure("export", "longest task while loading, processor time", middle("longest"), "ms", 150)
    yield Figure("export", "tasks of more than 50 ms, together", middle("tasks"), "ms", note="1,340 ms")


def forward(browser: Browser, url: str) -> float:
    """Median milliseconds of a pass over the full context, by the clock of the worker that computes it."""
    page = browser.new_context(viewport=VIEWPORT).new_page()
    page.goto(url)
    page.wait_for_function("() => window.cutaway", timeout=60_000)
    took = page.evaluate(
        """async ([tokens, passes]) => {
          const took = [];
          for (let i = 0; i < passes; i++) {
            await cutaway.page.run({ tokens: [...tokens.slice(0, -1), i % 3] });
            took.push((await cutaway.page.current.runner.live)?.took ?? NaN);
          }
          return took;
        }""",
        [FULL, PASSES],
    )
    page.context.close()
    return statistics.median(took[PASSES // 2 :])


def opened(browser: Browser, url: str) -> dict[str, float]:
    page = browser.new_context(viewport=VIEWPORT).new_page()
    page.add_init_script(WATCH)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
    page.goto(url)
    page.wait_for_selector("html[data-ready=true]", timeout=60_000)
    found = page.evaluate(
        """() => {
          const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
          const before = all.filter((entry) => entry.responseEnd <= __ready);
          const bytes = before.reduce((sum, { transferSize }) => sum + transferSize, 0);
          return { ready: __ready, requests: before.length, bytes };
        }"""
    )
    page.wait_for_timeout(2500)
    network.send("HeapProfiler.enable")
    network.send("HeapProfiler.collectGarbage")
    heap = network.send("Runtime.getHeapUsage")["usedSize"]
    task, tasks = page.evaluate("[Math.max(0, ...__long), __long.reduce((sum, ms) => sum + ms, 0)]")
    page.context.close()
    return {**found, "heap": heap, "task": task, "tasks": tasks, "all": sum(sizes), "asked": len(sizes)}


def busy(browser: Browser, url: str) -> dict[str, float]:
    """Processor time, which waiting for other programs on the machine or for the graphics is no part of."""
    page = browser.new_context(viewport=VIEWPORT).new_page()
    page.add_init_script(WATCH.replace("??= performance.now()", "??= (performance.mark('bench'), performance.now())"))
    tracing = browser.new_browser_cdp_session()
    events: list[dict[str, Any]] = []
    ended: list[Any] = []
    tracing.on("Tracing.dataCollected", lambda e: events.extend(e["value"]))
    tracing.on("Tracing.tracingComplete", lambda e: ended.append(e))
    categories = ["toplevel", "devtools.timeline", "blink.user_timing"]
    tracing.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": categories}})
    page.goto(url)
    page.wait_for_selector("html[data-ready=true]", timeout=60_000)
    page.wait_for_timeout(1000)
    tracing.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    ready = page.evaluate("__ready") * 1000
    mark = next(e for e in events if e["name"] == "bench")
    where = (mark["pid"], mark["tid"])
    tasks = [e for e in events if (e["pid"], e["tid"]) == where and "RunTask" in e["name"] and "tdur" in e]
    tasks = [e for e in tasks if e["name"] == "ThreadControllerImpl::RunTask" and e["ts"] >= mark["ts"] - ready]
    page.context.close()
    total = sum(e["tdur"] for e in tasks if e["ts"] <= mark["ts"])
    return {"busy": total / 1e3, "longest": max(e["tdur"] for e in tasks) / 1e3}
