"""The page as a visitor meets it: what it says, and what can be done to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, ViewportSize, expect

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
READY = "html[data-ready=true]"
TIMEOUT_MS = 30_000
"""Software rendering on a busy machine is slow."""
expect.set_options(timeout=TIMEOUT_MS)


class Screen:
    """A browser window with the page in it. ``complaints`` are errors that the browser reported."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", lambda said: self._hear(said.type, said.text))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "GPU stall due to ReadPixels" not in text:
            self.complaints.append(f"{kind}: {text}")

    def open(self, fragment: str = "") -> None:
        """Go to an address and wait for the first picture."""
        self.page.goto(self.url + (f"#{fragment}" if fragment else ""))
        self.page.wait_for_selector(READY)
        self.page.wait_for_function("() => window.cutaway")

    def part(self, name: str, within: Locator | None = None) -> Locator:
        """The element with that ``data-testid``."""
        return (within or self.page).get_by_test_id(name)

    @property
    def fragment(self) -> str:
        return self.page.url.partition("#")[2]

    # The pinned cell

    def pin(self, tensor: str, index: Sequence[int]) -> Locator:
        """Go to a cell through the address, as a link in a text does; its card."""
        at = ",".join(map(str, index))
        # the address follows a new prompt after a moment; without it the cell would be one of the first prompt
        self.page.wait_for_function(
            "() => !cutaway.page.address.prompt || location.hash.includes(`prompt=${cutaway.page.address.prompt}`)"
        )
        rest = [part for part in self.fragment.split("&") if part and not part.startswith(("cell=", "camera="))]
        self.page.evaluate("(hash) => { location.hash = hash }", "&".join([*rest, f"cell={tensor}:{at}"]))
        return self.card(tensor, index)

    def card(self, tensor: str, index: Sequence[int]) -> Locator:
        """The card of the pinned cell, once it is the one of that cell."""
        card = self.part("pinned-card")
        expect(card).to_have_attribute("data-tensor", tensor)
        expect(card).to_have_attribute("data-index", ",".join(map(str, index)))
        return card

    def hover(self, tensor: str, index: Sequence[int]) -> Locator:
        """Fly to a cell, point at it; the card beside the pointer."""
        x, y = self.place(tensor, index)
        self.page.mouse.move(x - 3, y + 60)
        self.page.mouse.move(x, y, steps=3)
        return self.part("hover-card")

    def place(self, tensor: str, index: Sequence[int], *, fly: bool = True) -> tuple[float, float]:
        """Where a cell is in the window, in CSS pixels."""
        at = self.page.evaluate(
            """async ([cell, fly]) => {
                 if (fly) {
                   cutaway.view.flyTo({ cell }, false);
                   for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
                 }
                 return cutaway.project(cell);
               }""",
            [{"tensor": tensor, "index": list(index)}, fly],
        )
        assert at["visible"], f"{tensor}{list(index)} is not in view"
        return at["x"], at["y"]

    # What it says

    def value(self, card: Locator) -> float:
        """The value on a card, as the page holds it."""
        return number(self.part("value", card).get_attribute("data-value") or "")

    def symbols(self) -> str:
        """The formula of the pinned cell in symbols, as it is read aloud."""
        return self.part("formula-symbols", self.part("pinned-card")).get_attribute("aria-label") or ""

    def numbers(self) -> str:
        """The same with the numbers of this run."""
        return self.part("formula-numbers", self.part("pinned-card")).get_attribute("aria-label") or ""

    def tokens(self) -> str:
        """The prompt of the run that is shown."""
        return self.page.evaluate("cutaway.page.values.texts.join('')")

    def expect_tokens(self, text: str) -> None:
        """Wait until the run of a prompt is shown."""
        self.page.wait_for_function("(text) => cutaway.page.values.texts.join('') === text", arg=text)

    def rest(self, seconds: float = 0.6) -> None:
        """Wait until nothing has moved for so long: neither the camera nor the address, and nothing was drawn.

        Some frames have to pass meanwhile, since one of a large model may take longer than that.
        """
        self.page.evaluate("delete window.restless")
        self.page.wait_for_function(
            """(ms) => {
              const now = JSON.stringify([cutaway.view?.camera, cutaway.stats?.frames, location.hash]);
              if (window.restless?.now !== now) window.restless = { now, since: performance.now(), frames: 0 };
              return ++window.restless.frames > 5 && performance.now() - window.restless.since >= ms;
            }""",
            arg=seconds * 1000,
            polling="raf",
        )


def number(text: str) -> float:
    """A number as JavaScript writes it."""
    names = {"Infinity": np.inf, "-Infinity": -np.inf, "NaN": np.nan}
    return names[text] if text in names else float(text)


def typeset(text: str) -> str:
    """What a typeset number reads as: ``−1.2×10⁻⁵`` becomes ``-1.2e-5``."""
    text = text.replace("−", "-").replace("∞", "inf")
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return re.sub(r"×10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda m: "e" + m[1].translate(raised), text)


def cell_of(text: str) -> tuple[str, tuple[int, ...]]:
    """``name[1,2]`` as name and index."""
    found = re.fullmatch(r"([^\[]+)\[([^\]]*)\]", text)
    assert found, text
    return found[1], tuple(int(i) for i in found[2].split(",") if i.strip())


def source_text(source: Any) -> str:
    """Sources as the page writes them: ``name[0…47, 5]``."""

    def span(at: int | range) -> str:
        if isinstance(at, int):
            return str(at)
        if len(at) == 1:
            return str(at.start)
        text = f"{at.start}…{at[-1]}"
        return text if at.step == 1 else f"{text} by {at.step}"

    return f"{source.tensor}[{', '.join(map(span, source.index))}]"
