"""A model near the page's budget: 53.6 million weights, 38.6 million of them in an embedding of 50,257 x 768.

What it costs to open it, and to look at single cells at the far end of a tensor that the picture cannot hold whole.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

import cutaway
from bench.browser import launch, moving, opened, rest
from bench.figures import Figure
from bench.scene_side import LONG_TASKS, heap
from cutaway.architectures import FAMILIES
from cutaway.bundle import weights_file
from cutaway.save import save_folder

CONFIG = {
    "model_type": "gpt2",
    "vocab_size": 50_257,
    "n_embd": 768,
    "n_layer": 2,
    "n_head": 12,
    "n_positions": 1024,
    "tie_word_embeddings": True,
}
CORNER = {"tensor": "W_E", "index": [50_256, 767]}
IS_HERE = """({ tensor, index }) => {
  const { current } = cutaway.view.picture;
  const block = current.block(tensor);
  const [row, column] = [block.rows, block.columns].map(({ at }) => index[at]);
  return current.heap.at(block, 0, 0, row, column) !== null;
}"""
"""Whether the picture holds a cell itself, not an average that it is part of."""


def measure() -> Iterator[Figure]:
    """Every figure of a large model."""
    with tempfile.TemporaryDirectory() as folder:
        model = cutaway.load(written(Path(folder)))
        yield Figure("large", "parameters", model.cost().parameters / 1e6, "million")
        yield Figure("large", "weights that travel", len(weights_file(model)) / 1e6, "MB", note="tied ones once")
        with cutaway.show(model, open_browser=False) as shown, sync_playwright() as playwright:
            browser = launch(playwright)
            page = opened(browser, reduced_motion="reduce")
            page.add_init_script(LONG_TASKS)
            yield from opening(page, shown.url)
            yield from near(page)
            browser.close()


def written(folder: Path) -> Path:
    """A checkpoint with random weights."""
    definition = FAMILIES["gpt2"].define(CONFIG)
    random = np.random.default_rng(0)
    weights = {
        name: random.standard_normal(t.shape({}), dtype=np.float32) * np.float32(0.02)
        for name, t in definition.tensors.items()
        if t.role == "weight" and t.declared.tied_to is None
    }
    save_folder(folder, definition, CONFIG, {**weights, "W_U": weights["W_E"].T})
    return folder


def opening(page: Page, url: str) -> Iterator[Figure]:
    start = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("html[data-ready=true]", timeout=60_000)
    yield Figure("large", "opening: first frame with values", time.perf_counter() - start, "s")
    page.wait_for_timeout(2500)
    yield Figure("large", "opening: longest task", page.evaluate("Math.max(0, ...__tasks)"), "ms")
    used = heap(page.context.new_cdp_session(page)) / 1e6
    yield Figure("large", "heap: weights, averages and pages", used, "MB", note="214 MB are the weights")


def near(page: Page) -> Iterator[Figure]:
    page.evaluate("__tasks.length = 0")
    start = time.perf_counter()
    page.evaluate("(cell) => cutaway.view.flyTo({ cell }, false)", CORNER)
    page.wait_for_function(IS_HERE, arg=CORNER)
    yield Figure("large", "last cell of the embedding: until it is drawn", time.perf_counter() - start, "s")
    rest(page)
    cell = page.evaluate("(cell) => cutaway.project(cell)", CORNER)
    for act, button in (("hover", None), ("orbit", "right")):
        frames = moving(page, (cell["x"] - 60, cell["y"] - 60), button)
        yield Figure("large", f"there, {act}: draw calls a frame, most", frames.most_draws, "", 20)
        yield Figure("large", f"there, {act}: JS a frame, median", frames.middle_js_ms, "ms", 2)
        most = max(frames.uploaded, default=math.nan) / 1e6
        yield Figure("large", f"there, {act}: sent to the GPU, a frame at most", most, "MB")
    yield Figure("large", "there: longest task", page.evaluate("Math.max(0, ...__tasks)"), "ms", 50)
