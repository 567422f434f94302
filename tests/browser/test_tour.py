"""The tour in a real browser: its clock, its keys, its words, its address, and what a visitor does meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from screen import PHONE, Screen
from touring import PLAY_MS, at, expect_moment, go, settle, shown, tour_of

from cutaway import Model

Open = Callable[..., Screen]


@pytest.fixture(scope="module")
def chapters(address: str) -> dict[str, Any]:
    """Chapter by id."""
    return {chapter["id"]: chapter for chapter in tour_of(address)["chapters"]}


def ends(chapter: dict[str, Any]) -> list[float]:
    """The stops of a chapter, in seconds."""
    return [step["end"] / 1000 for step in chapter["steps"]]


def test_a_moment_is_the_same_however_one_gets_there(open_screen: Open) -> None:
    screen = open_screen(at("self-attention", 12))
    expect_moment(screen, "self-attention", 12)
    straight = shown(screen)
    for time in (40, 3, 26.5, 12):
        go(screen, "self-attention", time)
    assert shown(screen) == straight
    go(screen, "mlp", 5)
    go(screen, "self-attention", 12)
    assert shown(screen) == straight


def test_scrubbing_forwards_and_back_shows_the_same(open_screen: Open) -> None:
    screen = open_screen(at("layer-norm", 0))
    expect_moment(screen, "layer-norm", 0)
    scrubber = screen.part("tour-scrubber")
    times = [2, 5.5, 8, 12]
    forwards = []
    for time in times:
        scrubber.fill(str(time * 1000))
        expect_moment(screen, "layer-norm", time)
        forwards.append(shown(screen))
    assert len({tuple(each) for each in forwards}) == len(times)
    for time, before in zip(reversed(times), reversed(forwards), strict=True):
        scrubber.fill(str(time * 1000))
        expect_moment(screen, "layer-norm", time)
        assert shown(screen) == before, time
        screen.page.wait_for_url(re.compile(rf"chapter=layer-norm&t={time:g}$"))


def test_each_step_has_a_scrubber_of_its_own(open_screen: Open, chapters: dict) -> None:
    screen = open_screen(at("embedding", 0))
    expect_moment(screen, "embedding", 0)
    first, second = ends(chapters["embedding"])[:2]
    middle = round((first + second) / 2, 2)
    screen.page.get_by_label("Moment of step 2").fill(str(middle * 1000))
    expect_moment(screen, "embedding", middle)
    expect(screen.part("tour")).to_have_attribute("data-step", "1")


def test_keys(open_screen: Open, chapters: dict) -> None:
    stops = ends(chapters["embedding"])
    screen = open_screen(at("embedding", 0))
    expect_moment(screen, "embedding", 0)
    screen.page.get_by_label("Text of the chapter").focus()
    press = screen.page.keyboard.press
    press("ArrowRight")
    expect_moment(screen, "embedding", stops[0])
    press("3")
    expect_moment(screen, "embedding", stops[2])
    press("ArrowLeft")
    expect_moment(screen, "embedding", stops[1])
    press("n")
    expect_moment(screen, "layer-norm", 0)
    press("p")
    expect_moment(screen, "embedding", 0)
    press("ArrowLeft")
    expect(screen.part("tour")).to_have_attribute("data-chapter", "tokens-vectors-parameters")
    press("Escape")
    expect(screen.part("tour")).to_have_count(0)


def test_space_plays_to_the_next_stop_and_pauses(open_screen: Open, chapters: dict) -> None:
    first = ends(chapters["embedding"])[0]
    screen = open_screen(at("embedding", 0), reduced_motion="no-preference")
    tour = screen.part("tour")
    expect(tour).to_have_attribute("data-chapter", "embedding")
    screen.page.get_by_label("Text of the chapter").focus()
    screen.page.keyboard.press("Space")
    expect(tour).to_have_attribute("data-playing", "true")
    screen.page.wait_for_function("() => document.querySelector('[data-testid=tour-scrubber]').value > 0")
    screen.page.keyboard.press("Space")
    expect(tour).to_have_attribute("data-playing", "false")
    assert 0 < float(screen.part("tour-scrubber").input_value()) < first * 1000
    screen.page.keyboard.press("Space")
    expect(screen.part("tour-scrubber")).to_have_value(f"{first * 1000:.0f}", timeout=PLAY_MS)
    expect(tour).to_have_attribute("data-playing", "false")
    screen.page.wait_for_url(re.compile(rf"chapter=embedding&t={first:g}$"))


def test_a_visitor_may_turn_the_picture_and_is_eased_back(open_screen: Open, chapters: dict) -> None:
    first, second = ends(chapters["embedding"])[:2]
    screen = open_screen(at("embedding", first), reduced_motion="no-preference")
    expect_moment(screen, "embedding", first)
    straight = screen.page.evaluate("cutaway.view.camera.azimuth")
    box = screen.part("scene").bounding_box()
    assert box is not None
    mouse = screen.page.mouse
    mouse.move(box["x"] + 800, box["y"] + 300)
    mouse.down(button="right")
    mouse.move(box["x"] + 900, box["y"] + 320, steps=4)
    mouse.up(button="right")
    settle(screen)
    assert abs(screen.page.evaluate("cutaway.view.camera.azimuth") - straight) > 0.05
    screen.part("tour-play").click()
    expect(screen.part("tour-scrubber")).to_have_value(f"{second * 1000:.0f}", timeout=PLAY_MS)
    settle(screen)
    # Two and a half seconds of playing leave nothing of it to be seen.
    assert screen.page.evaluate("cutaway.view.camera.azimuth") == pytest.approx(straight, abs=0.02)


def test_reduced_motion_cuts(open_screen: Open, chapters: dict) -> None:
    screen = open_screen(at("mlp", 0), reduced_motion="reduce")
    expect_moment(screen, "mlp", 0)
    screen.page.keyboard.press("Space")
    expect_moment(screen, "mlp", ends(chapters["mlp"])[0])
    expect(screen.part("tour")).to_have_attribute("data-playing", "false")


def test_cards_and_words_follow_the_prompt(open_screen: Open, chapters: dict, nano: Model) -> None:
    screen = open_screen(at("self-attention", ends(chapters["self-attention"])[1]))
    card = screen.part("tour-card")
    expect(card).to_have_attribute("data-tensor", "blocks.0.attn.q")
    expect(card).to_have_attribute("data-index", "5,0,0")
    for prompt in ("CBABBC", "ABABBC"):
        if prompt != "CBABBC":
            screen.part("prompt").locator("input").first.click()
            screen.page.keyboard.type("a")
            screen.expect_tokens(prompt)
        value = float(nano.run(prompt)["blocks.0.attn.q"][5, 0, 0])
        expect(screen.part("value", card)).to_have_attribute("data-value", re.compile(re.escape(f"{value:.5g}"[:6])))
        number = screen.page.locator("section.now .number").last
        expect(number).to_have_text(f"{value:.4g}".replace("-", "−"))


def test_words_light_up_the_picture_and_the_picture_words(open_screen: Open, chapters: dict) -> None:
    screen = open_screen(at("self-attention", ends(chapters["self-attention"])[3]))
    tour = screen.part("tour")
    word = tour.locator("section.now [data-name='blocks.0.attn.k']").first
    word.hover()
    expect(word).to_have_class(re.compile(r"\blit\b"))
    screen.page.wait_for_function(
        """() => {
          const { staged } = cutaway.view.picture.staged.state;
          return staged.filter((value, i) => i % 4 === 1 && value === 1).length === 3;
        }"""
    )
    screen.page.mouse.move(700, 5)
    expect(word).not_to_have_class(re.compile(r"\blit\b"))
    screen.page.evaluate("cutaway.page.hover({ tensor: 'blocks.0.attn.k', index: [0, 0, 0] })")
    expect(word).to_have_class(re.compile(r"\blit\b"))


def test_the_contents_lead_to_a_chapter(open_screen: Open) -> None:
    screen = open_screen(at("mlp", 3))
    screen.part("tour-contents").click()
    diagram = screen.part("tour-diagram")
    expect(diagram.locator("li.lit > button").first).to_have_text("MLP")
    screen.part("tour-chapter-softmax").click()
    expect(screen.part("tour")).to_have_attribute("data-chapter", "softmax")
    screen.part("tour-contents").click()
    diagram.get_by_role("button", name="Attention", exact=True).click()
    expect(screen.part("tour")).to_have_attribute("data-chapter", "self-attention")
    screen.part("tour-close").click()
    expect(screen.part("tour")).to_have_count(0)


def test_another_language_at_the_same_moment(open_screen: Open, chapters: dict) -> None:
    end = ends(chapters["self-attention"])[1]
    screen = open_screen(at("self-attention", end))
    expect_moment(screen, "self-attention", end)
    before = shown(screen)
    screen.part("tour-language").select_option("de")
    expect(screen.part("tour-play")).to_have_text("Weiter")
    expect(screen.page.locator("section.now")).to_contain_text("Skalarprodukt")
    expect(screen.part("tour-card")).to_contain_text("Query")
    expect(screen.part("tour-card")).to_contain_text("Aktivierung")
    expect_moment(screen, "self-attention", end)
    assert shown(screen) == before
    screen.part("tour-language").select_option("en")
    expect(screen.part("tour-card")).to_contain_text("activation")


def test_on_a_phone(open_screen: Open, chapters: dict) -> None:
    end = ends(chapters["self-attention"])[1]
    screen = open_screen(at("self-attention", end), viewport=PHONE, has_touch=True)
    expect_moment(screen, "self-attention", end)
    tour, card = screen.part("tour").bounding_box(), screen.part("tour-card").bounding_box()
    assert tour is not None
    assert card is not None
    assert tour["y"] > PHONE["height"] * 0.4
    assert tour["width"] == PHONE["width"]
    assert screen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    # The card stands in room of its own: the cell that it explains is below it.
    _, y = screen.place("blocks.0.attn.q", (5, 0, 0), fly=False)
    assert card["y"] + card["height"] < y < tour["y"]
    screen.part("tour-play").tap()
    expect_moment(screen, "self-attention", ends(chapters["self-attention"])[2])
    go(screen, "what-it-does", ends(chapters["what-it-does"])[-1])
    screen.part("widget-prompt").get_by_test_id("step").tap()
    screen.expect_tokens("CBABBCA")
