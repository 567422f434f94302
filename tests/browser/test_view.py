"""The view: address, history, camera, outline, keyboard, themes, the first picture."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import PHONE, Screen

import cutaway
from cutaway import Model

Open = Callable[..., Screen]


def camera(screen: Screen) -> list[float]:
    return screen.page.evaluate(
        "(() => { const c = cutaway.view.camera; return [...c.target, c.azimuth, c.elevation, c.distance] })()"
    )


def test_an_address_reproduces_the_view(open_screen: Open) -> None:
    screen = open_screen()
    screen.part("prompt").locator("input").first.click()
    screen.page.keyboard.type("ab")
    screen.page.wait_for_url("**prompt=ABABBC**")
    screen.pin("blocks.1.attn.pattern", (2, 4, 3))
    screen.part("scene").focus()
    screen.page.keyboard.press("Shift+ArrowLeft")
    screen.page.keyboard.press("+")
    screen.part("theme").click()
    screen.rest(1.2)
    again = open_screen(screen.fragment)
    again.card("blocks.1.attn.pattern", (2, 4, 3))
    again.expect_tokens("ABABBC")
    expect(again.page.locator("html")).to_have_attribute("data-theme", "dark")
    np.testing.assert_allclose(camera(again), camera(screen), rtol=0.01, atol=0.2)


def test_back_and_forward_go_through_the_selections(open_screen: Open) -> None:
    screen = open_screen()
    first, second = ("probs", (5, 0)), ("blocks.0.attn.q", (1, 1, 1))
    screen.part("search").fill("probs")
    screen.part("search").press("Enter")
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", first[0])
    screen.part("search").fill("blocks.0.attn.q")
    screen.part("search").press("Enter")
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", second[0])
    screen.page.go_back()
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", first[0])
    screen.page.go_forward()
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", second[0])


def test_a_link_that_is_wrong_still_opens_and_says_so(open_screen: Open) -> None:
    screen = open_screen("cell=blocks.7.attn.q:1,1,1&model=nanogpt&prompt=ABZ&camera=1,2")
    said = " ".join(screen.part("notice").all_inner_texts())
    assert "nanogpt" in said
    assert "blocks.7.attn.q" in said
    assert "Z" in said
    screen.expect_tokens("CBABBC")


def test_the_outline_names_every_tensor(shared: Screen, nano: Model) -> None:
    search = shared.part("search")
    for name in ("blocks.2.attn.attn_scores_expsum", "ln_final.var", "W_pos", "blocks.1.mlp.b_out"):
        search.fill(name)
        expect(shared.part("outline").locator(f'[data-row="{name}"]')).to_be_visible()
    search.fill("no such tensor")
    expect(shared.part("outline")).to_contain_text("othing")
    search.fill("")


def test_everything_can_be_done_from_the_keyboard(open_screen: Open) -> None:
    screen = open_screen()
    screen.page.keyboard.press("/")
    screen.page.keyboard.type("blocks.1.mlp_out")
    screen.page.keyboard.press("Enter")
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", "blocks.1.mlp_out")
    screen.part("scene").focus()
    before = screen.part("pinned-card").get_attribute("data-index")
    screen.page.keyboard.press("ArrowRight")
    expect(screen.part("pinned-card")).not_to_have_attribute("data-index", before or "")
    for _ in range(60):  # down to the tokens
        if screen.part("pinned-card").get_attribute("data-tensor") == "tokens":
            break
        screen.page.keyboard.press("Enter")
        screen.page.wait_for_timeout(50)
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", "tokens")
    screen.page.keyboard.press("Backspace")
    expect(screen.part("pinned-card")).not_to_have_attribute("data-tensor", "tokens")
    screen.page.keyboard.press("Escape")
    expect(screen.part("pinned-card")).to_have_count(0)


def test_the_camera_pans_turns_and_zooms(open_screen: Open) -> None:
    screen = open_screen()
    box = screen.part("scene").bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5
    start = camera(screen)

    def drag(button: str = "left") -> None:
        screen.page.mouse.move(x, y)
        screen.page.mouse.down(button=button)  # pyright: ignore[reportArgumentType]
        screen.page.mouse.move(x + 90, y + 40, steps=4)
        screen.page.mouse.up(button=button)  # pyright: ignore[reportArgumentType]
        screen.rest()

    drag()
    panned = camera(screen)
    assert not np.allclose(panned[:3], start[:3], atol=1e-3)
    np.testing.assert_allclose(panned[3:5], start[3:5], atol=1e-6)
    drag("right")
    turned = camera(screen)
    assert not np.allclose(turned[3:5], panned[3:5], atol=1e-3)
    screen.page.mouse.wheel(0, -400)
    screen.rest()
    assert camera(screen)[5] < turned[5]
    screen.part("fit").click()
    screen.rest(1.0)
    np.testing.assert_allclose(camera(screen)[5], start[5], rtol=0.2)  # it is turned, so it takes other room


def test_the_wheel_zooms_to_the_pointer(open_screen: Open) -> None:
    screen = open_screen()
    cell = ("blocks.1.attn.W_V", (1, 20, 8))
    x, y = screen.place(*cell, fly=False)
    screen.page.mouse.move(x, y)
    for _ in range(3):
        screen.page.mouse.wheel(0, -200)
        screen.rest(0.4)
    after = screen.place(*cell, fly=False)
    assert np.hypot(after[0] - x, after[1] - y) < 40  # it stands off the plane that the zoom keeps in place


def test_the_model_fills_the_first_view(open_screen: Open) -> None:
    """At least 60 % of the canvas height, from the first box to the last."""
    screen = open_screen()
    box = screen.part("scene").bounding_box()
    assert box
    ys = [screen.place(*cell, fly=False)[1] for cell in (("tokens", (0,)), ("probs", (0, 0)), ("W_E", (0, 0)))]
    assert (max(ys) - min(ys)) / box["height"] >= 0.6


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_can_be_switched(open_screen: Open, scheme: str) -> None:
    screen = open_screen(color_scheme=scheme)
    html = screen.page.locator("html")
    expect(html).to_have_attribute("data-theme", scheme)
    background = "getComputedStyle(document.body).backgroundColor"
    before = screen.page.evaluate(background)
    screen.part("theme").click()
    expect(html).to_have_attribute("data-theme", "light" if scheme == "dark" else "dark")
    assert screen.page.evaluate(background) != before


def test_the_model_card_has_the_figures(shared: Screen, nano: Model) -> None:
    shared.page.keyboard.press("Escape")
    summary = shared.part("model-summary")
    expect(summary).to_contain_text("nano-gpt")
    expect(summary).to_contain_text(f"{nano.cost().parameters:,}")
    expect(summary).to_contain_text(f"{nano.cost().multiply_adds:,}")


def test_help_opens_and_closes(shared: Screen) -> None:
    shared.part("help").click()
    expect(shared.part("help-dialog")).to_be_visible()
    shared.page.keyboard.press("Escape")
    expect(shared.part("help-dialog")).to_be_hidden()


def test_on_a_phone_a_tap_explains(open_screen: Open) -> None:
    screen = open_screen(viewport=PHONE, has_touch=True, is_mobile=True)
    cell = ("blocks.0.attn.W_Q", (0, 24, 8))
    x, y = screen.place(*cell)
    screen.page.touchscreen.tap(x, y)
    screen.card(*cell)
    sheet = screen.part("sheet").bounding_box()
    assert sheet
    assert sheet["y"] + sheet["height"] <= PHONE["height"] + 1
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_tour_is_where_it_was_when_the_picture_comes_back(open_screen: Open) -> None:
    screen = open_screen("chapter=mlp&t=3")
    expect(screen.part("tour")).to_have_attribute("data-chapter", "mlp")
    screen.part("table-toggle").click()
    expect(screen.part("table")).to_be_visible()
    expect(screen.part("tour")).to_have_count(0)
    screen.part("table-toggle").click()
    expect(screen.part("tour")).to_have_attribute("data-chapter", "mlp")
    expect(screen.part("tour-scrubber")).to_have_value("3000")


def test_a_link_to_a_chapter_opens_the_tour_on_a_page_that_is_open(open_screen: Open) -> None:
    screen = open_screen()
    screen.page.evaluate("() => { location.hash = 'chapter=mlp&t=3' }")
    expect(screen.part("tour")).to_have_attribute("data-chapter", "mlp")
    expect(screen.part("tour-scrubber")).to_have_value("3000")


def test_a_model_that_is_served_computes_its_first_run_in_the_page(
    open_screen: Open, nano: Model, servers: ExitStack
) -> None:
    shown = servers.enter_context(cutaway.show(nano, open_browser=False))
    screen = open_screen(url=shown.url)
    fetched = screen.page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert not [name for name in fetched if "run.safetensors" in name]
    run = nano.run("CBABBC")
    card = screen.pin("blocks.2.mlp.post", (3, 100))
    assert screen.value(card) == pytest.approx(float(run["blocks.2.mlp.post"][3, 100]), abs=1e-5)
    # from then on the server runs it
    screen.part("prompt").locator("input").first.click()
    screen.page.keyboard.type("aab")
    screen.expect_tokens("AABBBC")
    assert screen.value(screen.pin("probs", (5, 0))) == float(nano.run("AABBBC")["probs"][5, 0])


def test_nothing_stands_outside_a_narrow_window(open_screen: Open) -> None:
    screen = open_screen("cell=blocks.0.attn.q:3,0,5", viewport={"width": 320, "height": 800})
    for width in (320, 390, 721):
        screen.page.set_viewport_size({"width": width, "height": 800})
        expect(screen.part("pinned-card")).to_be_visible()
        screen.rest()
        outside = screen.page.evaluate(
            """() => [...document.querySelectorAll("header *, main > *, footer *")]
                 .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && e.getBoundingClientRect().width > 1)
                 .map((e) => e.outerHTML.slice(0, 100))"""
        )
        assert not outside, width
