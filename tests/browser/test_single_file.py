"""An export of a single file, opened from disk: no server, no other file, and the model runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect
from screen import Screen

import cutaway
from cutaway import Model

Open = Callable[..., Screen]


@pytest.fixture(scope="module")
def file(nano: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("single") / "nano gpt.html"
    cutaway.export(path, nano, single_file=True)
    return path


def test_it_opens_from_disk_and_runs_a_prompt(open_screen: Open, file: Path, nano: Model) -> None:
    screen = open_screen(url=file.as_uri())
    asked: list[Request] = []
    screen.page.on("request", lambda request: asked.append(request))
    screen.expect_tokens("CBABBC")
    screen.part("prompt").locator("input").first.click()
    screen.page.keyboard.type("aab")
    screen.expect_tokens("AABBBC")
    run = nano.run("AABBBC")
    card = screen.pin("blocks.2.mlp.post", (3, 100))
    assert screen.value(card) == pytest.approx(float(run["blocks.2.mlp.post"][3, 100]), abs=1e-5)
    expect(card.locator(".katex").first).to_be_visible()
    fonts = screen.page.evaluate("document.fonts.ready.then(() => [...document.fonts].map((f) => f.status))")
    assert "loaded" in fonts
    assert "error" not in fonts
    outside = [r.url[:80] for r in asked if not r.url.startswith(("data:", "blob:", file.as_uri()))]
    assert not outside


def test_its_worker_comes_from_within(open_screen: Open, file: Path) -> None:
    screen = open_screen(url=file.as_uri())
    screen.part("prompt").locator("input").first.click()
    with screen.page.expect_worker() as worker:
        screen.page.keyboard.type("a")
    assert worker.value.url.startswith("blob:")
    screen.expect_tokens("ABABBC")
