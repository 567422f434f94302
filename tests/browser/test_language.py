"""The page in the languages that it speaks: how one is chosen, that it is all there, and that it fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from screen import DESKTOP, PHONE, Screen
from test_accessibility import faults

Open = Callable[..., Screen]
CELL = "cell=blocks.0.attn.pattern:1,4,2"

OUTSIDE = """() => [...document.querySelectorAll("button, select, label, p, h2, h3, dt, dd, li, th")]
  .filter((element) => !element.closest(".unseen, [aria-hidden=true], .terms, .formula, table"))
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    const isCut = element.tagName === "BUTTON" && element.scrollWidth > element.clientWidth + 1;
    return width > 0 && (left < -1 || right > innerWidth + 1 || isCut);
  })
  .map((element) => element.outerHTML.slice(0, 120))"""


def language(screen: Screen) -> str | None:
    return screen.page.locator("html").get_attribute("lang")


def test_the_address_says_which(open_screen: Open) -> None:
    screen = open_screen(f"lang=de&{CELL}")
    assert language(screen) == "de"
    card = screen.part("pinned-card")
    expect(card).to_contain_text("Wie sie berechnet wird")
    expect(card).to_contain_text("Attention-Muster")  # of the model, by its phrases
    expect(card.get_by_test_id("value")).to_contain_text(",")
    expect(screen.part("formula-numbers", card)).to_contain_text(",")
    expect(screen.part("help")).to_have_attribute("aria-label", "Hilfe")
    expect(screen.part("announcer")).to_contain_text("Attention-Muster, Aktivierung")
    assert "lang=de" in screen.fragment


def test_the_browser_is_asked_and_an_unknown_language_is_english(open_screen: Open) -> None:
    assert language(open_screen(locale="de-AT")) == "de"
    assert language(open_screen(locale="fr-FR")) == "en"
    assert language(open_screen("lang=xx")) == "en"
    assert language(open_screen("lang=en", locale="de-DE")) == "en"


def test_a_choice_is_for_this_page_and_the_next(open_screen: Open) -> None:
    screen = open_screen(CELL)
    expect(screen.part("pinned-card")).to_contain_text("How it is computed")
    screen.part("language").select_option("de")
    expect(screen.part("pinned-card")).to_contain_text("Wie sie berechnet wird")
    expect(screen.part("pinned-card")).to_contain_text("Attention-Muster")
    screen.open()
    assert language(screen) == "de"
    expect(screen.part("step")).to_have_text("Schritt")
    screen.part("language").select_option("en")
    expect(screen.part("step")).to_have_text("Step")
    expect(screen.page.locator("html")).to_have_attribute("lang", "en")


def test_the_tour_goes_along_until_it_is_asked_for_in_another(open_screen: Open) -> None:
    screen = open_screen("lang=de&chapter=self-attention&t=12")
    tour = screen.part("tour")
    expect(tour.locator("[lang=de]").first).to_be_visible()
    screen.part("tour-language").select_option("en")
    expect(tour.locator("[lang=en]").first).to_be_visible()
    assert language(screen) == "de"
    screen.part("language").select_option("en")
    screen.part("language").select_option("de")
    expect(tour.locator("[lang=de]").first).to_be_visible()


def test_models_that_are_added_have_labels_in_it_too(open_screen: Open) -> None:
    screen = open_screen("lang=de")
    screen.part("pick").click()
    screen.part("in-scene-gpt2").check()
    expect(screen.part("card-gpt2")).to_contain_text("Aktive Parameter")
    added = "view => view.picture.standings.find(({ model }) => model.spec.name === 'gpt2')?.words['attention pattern']"
    screen.page.wait_for_function(f"() => ({added})(window.cutaway.view) === 'Attention-Muster'")


def test_what_programs_read_stays_as_it_is(open_screen: Open) -> None:
    screen = open_screen(f"lang=de&{CELL}", permissions=["clipboard-read", "clipboard-write"])
    screen.part("table-toggle").click()
    screen.part("copy-csv").click()
    expect(screen.part("copy-csv")).to_contain_text("Kopiert")
    text: Any = screen.page.evaluate("navigator.clipboard.readText()")
    assert "0.1718" in text
    assert ";" not in text


@pytest.mark.parametrize(
    "window", [{"viewport": DESKTOP}, {"viewport": PHONE, "has_touch": True}], ids=["wide", "phone"]
)
def test_german_fits_and_is_accessible(open_screen: Open, window: dict[str, Any]) -> None:
    screen = open_screen(f"lang=de&{CELL}", **window)
    expect(screen.part("pinned-card")).to_contain_text("Berechnet aus")
    assert screen.page.evaluate(OUTSIDE) == []
    assert faults(screen) == []
    screen.part("help").click()
    expect(screen.part("help-dialog")).to_contain_text("Wie man sich zurechtfindet")
    assert screen.page.evaluate(OUTSIDE) == []
    screen.page.keyboard.press("Escape")
    if "has_touch" in window:
        for tab in ("outline", "models", "prompt"):
            screen.part(f"tab-{tab}").click()
            assert screen.page.evaluate(OUTSIDE) == [], tab
    screen.part("sampling").click()
    assert faults(screen) == []
