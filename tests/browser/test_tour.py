"""The tour in a real browser: every stop of every chapter, played; its numbers are Python's."""

from __future__ import annotations

import itertools
import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from screen import PHONE, Screen

from cutaway import Model

Open = Callable[..., Screen]
PLAY_MS = 60_000


@pytest.fixture(scope="module")
def tour(address: str) -> dict:
    with urllib.request.urlopen(f"{address}nano-gpt/tours/guide.en.json") as answer:
        return json.load(answer)


def at(chapter: str, time: float) -> str:
    return f"chapter={chapter}&t={time}"


def shown(screen: Screen) -> list[float]:
    """What the picture was last told: the camera and every slab's numbers."""
    return screen.page.evaluate(
        """() => {
          const { picture, rig } = cutaway.view;
          const { staged, bend } = picture.staged.state;
          const { target, azimuth, elevation, distance } = rig.state;
          return [...staged, ...bend, ...target, azimuth, elevation, distance].map((x) => +x.toFixed(3));
        }"""
    )


def go(screen: Screen, chapter: str, time: float) -> None:
    """To a moment, by its address; waits until the moment is drawn and the camera has come."""
    screen.page.evaluate("(hash) => { location.hash = hash }", at(chapter, time))
    screen.page.wait_for_function(f"document.querySelector('[data-testid=tour]')?.dataset.chapter === {chapter!r}")
    screen.page.wait_for_function(
        "ms => +document.querySelector('[data-testid=tour-scrubber]').value === ms", arg=round(time * 1000)
    )
    screen.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    screen.page.wait_for_function("() => !cutaway.view.isComing")


@pytest.mark.slow
def test_every_stop_of_every_chapter(open_screen: Open, tour: dict) -> None:
    first = tour["chapters"][0]
    screen = open_screen(at(first["id"], 0))
    screen.part("tour").wait_for()
    for chapter in tour["chapters"]:
        assert chapter["steps"][-1]["end"] > 0
        assert any(len(track["times"]) > 1 for track in chapter["tracks"])
        seen = []
        for step, where in enumerate(chapter["steps"]):
            go(screen, chapter["id"], where["end"] / 1000)
            expect(screen.part("tour")).to_have_attribute("data-step", str(step))
            expect(screen.page.locator("[data-testid=tour] section.now")).to_be_visible()
            seen.append(shown(screen))
        assert any(a != b for a, b in itertools.pairwise(seen)), chapter["id"]
    assert screen.page.screenshot()


def test_space_plays_to_the_next_stop(open_screen: Open, tour: dict) -> None:
    screen = open_screen(at("embedding", 0))
    tab = screen.part("tour")
    tab.wait_for()
    for _ in range(3):
        screen.page.get_by_label("Speed").click()  # 4 times as fast
    tab.get_by_label("Text of the chapter").focus()
    screen.page.keyboard.press("Space")
    end = tour["chapters"][2]["steps"][0]["end"]
    expect(screen.part("tour-scrubber")).to_have_value(str(end), timeout=PLAY_MS)
    expect(tab).to_have_attribute("data-playing", "false")
    screen.page.wait_for_url(re.compile(rf"chapter=embedding&t={end / 1000:g}$"))


def test_a_moment_is_the_same_however_one_gets_there(open_screen: Open) -> None:
    screen = open_screen(at("self-attention", 12))
    screen.part("tour").wait_for()
    go(screen, "self-attention", 12)
    straight = shown(screen)
    for time in (40, 3, 26.5, 12):
        go(screen, "self-attention", time)
    assert shown(screen) == straight
    go(screen, "mlp", 5)
    go(screen, "self-attention", 12)
    assert shown(screen) == straight


def test_a_card_shows_what_python_computed(open_screen: Open, tour: dict, nano: Model) -> None:
    chapter = next(c for c in tour["chapters"] if c["id"] == "self-attention")
    screen = open_screen(at("self-attention", chapter["steps"][1]["end"] / 1000))
    card = screen.part("tour-card")
    expect(card).to_have_attribute("data-tensor", "blocks.0.attn.q")
    run = nano.run("CBABBC")
    expect(card).to_have_attribute("data-index", "5,0,0")
    value = float(run["blocks.0.attn.q"][5, 0, 0])
    expect(card).to_contain_text(f"{value:.6g}"[:7])
    screen.part("prompt").locator("input").first.click()
    screen.page.keyboard.type("a")
    changed = float(nano.run("ABABBC")["blocks.0.attn.q"][5, 0, 0])
    expect(card).to_contain_text(f"{changed:.6g}"[:7])


def test_reduced_motion_cuts(open_screen: Open, tour: dict) -> None:
    screen = open_screen(at("mlp", 0), reduced_motion="reduce")
    screen.part("tour").wait_for()
    screen.page.keyboard.press("Space")
    expect(screen.part("tour-scrubber")).to_have_value(str(tour["chapters"][6]["steps"][0]["end"]))


def test_on_a_phone_the_text_is_a_sheet(open_screen: Open) -> None:
    screen = open_screen(at("embedding", 5), viewport=PHONE, has_touch=True)
    box = screen.part("tour").bounding_box()
    assert box is not None
    assert box["y"] > PHONE["height"] * 0.4
    expect(screen.part("tour-play")).to_be_visible()


def test_the_contents_lead_to_a_chapter(open_screen: Open) -> None:
    screen = open_screen(at("mlp", 3))
    screen.part("tour-contents").click()
    screen.part("tour-chapter-softmax").click()
    expect(screen.part("tour")).to_have_attribute("data-chapter", "softmax")
    screen.part("tour-close").click()
    expect(screen.part("tour")).to_have_count(0)
