"""The whole tour, played at high speed from the first letter to the last stop."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from screen import Screen
from touring import PLAY_MS, at, settle, shown, tour_of

from cutaway import Model

PICTURES = Path(__file__).parents[2] / "out" / "tour"
"""Not in git: to be looked at."""
FASTEST = 8
WINDOW = {"width": 960, "height": 640}
"""Smaller than a desktop's, because drawing in software takes its time by the pixel."""


@pytest.mark.slow
def test_it_plays_from_beginning_to_end(open_screen: Callable[..., Screen], address: str, nano: Model) -> None:
    chapters = tour_of(address)["chapters"]
    screen = open_screen(at(chapters[0]["id"], 0), reduced_motion="no-preference", viewport=WINDOW)
    tour, play = screen.part("tour"), screen.part("tour-play")
    tour.wait_for()
    while f"{FASTEST}×" not in screen.part("tour-speed").inner_text():
        screen.part("tour-speed").click()
    PICTURES.mkdir(parents=True, exist_ok=True)
    run, cards = nano.run("CBABBC"), 0
    for number, chapter in enumerate(chapters, start=1):
        assert chapter["steps"][-1]["end"] > 0, chapter["id"]
        seen: list[list[float]] = []
        pictures: list[bytes] = []
        for step, where in enumerate(chapter["steps"]):
            play.click()
            expect(tour).to_have_attribute("data-chapter", chapter["id"], timeout=PLAY_MS)
            expect(screen.part("tour-scrubber")).to_have_value(str(round(where["end"], -1)), timeout=PLAY_MS)
            expect(tour).to_have_attribute("data-playing", "false")
            expect(tour).to_have_attribute("data-step", str(step))
            expect(screen.page.locator("[data-testid=tour] section.now")).to_be_visible()
            seen.append(shown(screen))
            path = PICTURES / f"{number:02}-{chapter['id']}-{step}.png"
            pictures.append(screen.page.screenshot(path=path))
            cards += says_what_python_computed(screen, run)
        assert all(a != b for a, b in itertools.pairwise(pictures)), chapter["id"]
        assert any(a != b for a, b in itertools.pairwise(seen)), chapter["id"]
    assert cards >= 10
    expect(play).to_be_disabled()
    settle(screen)


def says_what_python_computed(screen: Screen, run) -> int:
    """Check every card that is there; how many there are."""
    found = screen.part("tour-card").all()
    for card in found:
        tensor = card.get_attribute("data-tensor") or ""
        index = tuple(int(i) for i in (card.get_attribute("data-index") or "").split(","))
        expected = float(run[tensor][index])
        assert screen.value(card) == pytest.approx(expected, rel=1e-3, abs=1e-5), (tensor, index)
    return len(found)
