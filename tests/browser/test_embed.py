"""An exported page in an ``<iframe>``: what it tells the page around it, and what it can be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hosting import hosted
from playwright.sync_api import Browser, FrameLocator, Page, expect

import cutaway
from cutaway import Model

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def port(nano: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a host with the exported page in ``model/`` and a page that embeds it."""
    folder: Path = tmp_path_factory.mktemp("host")
    cutaway.export(folder / "model", nano)
    (folder / "index.html").write_bytes((HERE / "embedder.html").read_bytes())
    with hosted(folder) as url:
        yield int(url.rstrip("/").rpartition(":")[2])


Embed = Callable[..., tuple[Page, FrameLocator]]


@pytest.fixture
def embed(browser: Browser, port: int) -> Iterator[Embed]:
    """Opens the page around and puts the model into it; by another name, so that the origins differ."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def open_one(query: str) -> tuple[Page, FrameLocator]:
        page.goto(f"http://localhost:{port}/")
        page.evaluate(
            "(src) => { document.querySelector('iframe').src = src }",
            f"http://127.0.0.1:{port}/model/index.html{query}",
        )
        frame = page.frame_locator("iframe")
        expect(frame.locator("html")).to_have_attribute("data-ready", "true", timeout=30_000)
        return page, frame

    yield open_one
    context.close()
    assert not errors


def heard(page: Page, kind: str, holds: str = "true") -> dict[str, Any]:
    """The latest message of a kind, once there is one for which ``holds``."""
    page.wait_for_function(f"() => {{ const m = latest({kind!r}); return m && ({holds}); }}")
    return page.evaluate("(kind) => latest(kind)", kind)


def test_it_tells_what_it_shows_and_shows_what_it_is_told(embed: Embed, port: int, nano: Model) -> None:
    page, frame = embed("?embed=1&prompt=AAB")
    ready = heard(page, "ready")
    assert (ready["model"], ready["models"], ready["version"]) == ("nano-gpt", ["nano-gpt"], 1)
    assert ready["origin"] == f"http://127.0.0.1:{port}"
    assert heard(page, "prompt", "m.text === 'AAB'")["tokens"] == nano.encode("AAB")
    assert heard(page, "height")["height"] > 300

    page.evaluate("say({ prompt: 'CCBA', cell: 'blocks.0.attn.q[3, 0, 5]', theme: 'dark' })")
    heard(page, "prompt", "m.text === 'CCBA'")
    said = heard(page, "selection", "m.cell === 'blocks.0.attn.q[3, 0, 5]'")
    assert said["value"] == pytest.approx(float(nano.run("CCBA")["blocks.0.attn.q"][3, 0, 5]), abs=1e-5)
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")

    page.evaluate("say({ cell: null })")
    heard(page, "selection", "m.cell === null")
    assert heard(page, "prompt")["text"] == "CCBA"  # what is not mentioned stays


def test_a_camera_is_taken_and_nonsense_is_refused_in_a_sentence(embed: Embed) -> None:
    page, frame = embed("?embed=1")
    heard(page, "ready")
    page.evaluate("say({ camera: { target: [10, 20, 0], azimuth: 0.25, elevation: 0.5, distance: 60 } })")
    inner = page.frames[1]
    inner.wait_for_function("Math.abs(cutaway.view.camera.azimuth - 0.25) < 1e-3")
    page.evaluate("say({ theme: 'pink', colour: 1 })")
    message = heard(page, "error")["message"]
    assert "theme" in message
    assert "colour" in message
    page.evaluate("document.querySelector('iframe').contentWindow.postMessage('x', '*')")
    page.evaluate("say({ cell: 'nothing[1]' })")
    expect(frame.get_by_test_id("notice").first).to_contain_text("nothing")


def test_without_bars_there_is_the_picture_and_what_is_asked_for(embed: Embed) -> None:
    page, frame = embed("?embed=1&chrome=off#cell=blocks.0.attn.q:3,0,5")
    expect(frame.get_by_test_id("scene")).to_be_visible()
    expect(frame.get_by_test_id("pinned-card")).to_be_visible()
    for gone in ("outline", "prompt", "help"):
        expect(frame.get_by_test_id(gone)).to_have_count(0)
    link = frame.get_by_role("link", name="Open in Cutaway")
    expect(link).to_have_attribute("href", f"{page.frames[1].url.split('?')[0]}#cell=blocks.0.attn.q:3,0,5")
    before = page.evaluate("history.length")
    page.evaluate("say({ cell: 'embed[0, 0]' })")
    heard(page, "selection", "m.cell === 'embed[0, 0]'")
    assert page.evaluate("history.length") == before  # the history belongs to the page around


@pytest.mark.parametrize("query", ["", "?embed=https://elsewhere.example"])
def test_to_others_it_says_and_does_nothing(embed: Embed, query: str) -> None:
    page, frame = embed(query)
    page.evaluate("say({ theme: 'dark', prompt: 'AAA' })")
    page.wait_for_timeout(500)
    assert page.evaluate("heard") == []
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")


def test_without_bars_a_chapter_is_told_where_a_link_leads_to_it(embed: Embed) -> None:
    _, frame = embed("?chrome=off#chapter=self-attention&t=12")
    expect(frame.get_by_test_id("tour")).to_have_attribute("data-chapter", "self-attention")
    expect(frame.get_by_test_id("outline")).to_have_count(0)
    _, frame = embed("?chrome=off")
    expect(frame.get_by_test_id("open-tour")).to_have_count(0)
