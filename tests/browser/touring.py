"""The tour as a visitor meets it: moments, and what the picture was told at them."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from playwright.sync_api import expect
from screen import Screen

PLAY_MS = 60_000

SHOWN = """() => {
  const { picture, rig } = cutaway.view;
  const numbers = Object.values(picture.staged.state).flatMap((each) => [...each]);
  const { target, azimuth, elevation, distance } = rig.state;
  const { left, right, top, bottom } = rig.insets;
  return [...numbers, ...target, azimuth, elevation, distance, left, right, top, bottom].map((x) => +x.toFixed(3));
}"""


def tour_of(url: str, path: str = "nano-gpt/tours/guide.en.json") -> dict[str, Any]:
    """A compiled tour, as the page reads it."""
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def at(chapter: str, time: float) -> str:
    """The fragment of a moment's address."""
    return f"chapter={chapter}&t={time:g}"


def go(screen: Screen, chapter: str, time: float) -> None:
    """To a moment, by its address; waits until it is drawn and nothing comes after it."""
    screen.page.evaluate("(hash) => { location.hash = hash }", at(chapter, time))
    expect_moment(screen, chapter, time)


def expect_moment(screen: Screen, chapter: str, time: float) -> None:
    """Wait until a moment is shown and the picture is at rest."""
    expect(screen.part("tour")).to_have_attribute("data-chapter", chapter)
    screen.page.wait_for_function(
        "ms => Math.abs(document.querySelector('[data-testid=tour-scrubber]').value - ms) <= 5", arg=time * 1000
    )
    settle(screen)


def settle(screen: Screen) -> None:
    """Wait until three frames in a row show the same."""
    screen.page.wait_for_function(
        f"""() => {{
          const now = JSON.stringify(({SHOWN})()) + cutaway.view.isComing;
          const same = window.shownBefore === now && !cutaway.view.isComing ? (window.shownTimes ?? 0) + 1 : 0;
          [window.shownBefore, window.shownTimes] = [now, same];
          return same >= 3;
        }}""",
        polling="raf",
    )
    screen.page.evaluate("window.shownTimes = 0")


def shown(screen: Screen) -> list[float]:
    """What the picture was last told: every slab's numbers, the camera, and what is free of panels."""
    return screen.page.evaluate(SHOWN)
