"""axe on every screen in both themes, names and order of the controls, and what is said aloud."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from screen import PHONE, Screen

import cutaway

Open = Callable[..., Screen]
AXE = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
CELL = "cell=blocks.0.attn.pattern:1,4,2"


def faults(screen: Screen) -> list[str]:
    """What axe finds serious or critical on the page as it is, best practices included."""
    if not screen.page.evaluate("typeof axe === 'object'"):
        screen.page.evaluate(AXE.read_text("utf-8"))
    found = screen.page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)")
    return [
        f"{v['id']} ({v['impact']}): {v['help']}: {[n['html'][:120] for n in v['nodes'][:3]]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return request.param


def test_the_first_view_help_and_the_settings_of_sampling(open_screen: Open, theme: str) -> None:
    screen = open_screen(color_scheme=theme)
    expect(screen.part("outline")).to_be_visible()
    assert faults(screen) == []
    screen.part("help").click()
    expect(screen.part("help-dialog")).to_be_visible()
    assert faults(screen) == []
    screen.page.keyboard.press("Escape")
    expect(screen.part("help-dialog")).to_be_hidden()
    screen.part("sampling").click()
    expect(screen.page.get_by_role("group", name="How the next token is chosen")).to_be_visible()
    assert faults(screen) == []
    screen.page.keyboard.press("Escape")
    expect(screen.part("sampling")).to_be_focused()


def test_a_pinned_cell_and_the_table(open_screen: Open, theme: str) -> None:
    screen = open_screen(CELL, color_scheme=theme)
    expect(screen.part("pinned-card").locator(".katex").first).to_be_visible()
    assert faults(screen) == []
    screen.part("table-toggle").click()
    expect(screen.part("table")).to_be_visible()
    assert faults(screen) == []


def test_the_tour(open_screen: Open, theme: str) -> None:
    screen = open_screen("chapter=self-attention&t=12", color_scheme=theme)
    expect(screen.part("tour")).to_have_attribute("data-chapter", "self-attention")
    expect(screen.part("tour").locator("section.now")).to_be_visible()
    assert faults(screen) == []
    screen.part("tour-contents").click()
    assert faults(screen) == []


def test_the_tour_on_a_phone(open_screen: Open, theme: str) -> None:
    screen = open_screen("chapter=mlp&t=3", color_scheme=theme, viewport=PHONE, has_touch=True, is_mobile=True)
    expect(screen.part("tour")).to_have_attribute("data-chapter", "mlp")
    assert faults(screen) == []


def test_a_model_without_values(open_screen: Open, theme: str, servers: ExitStack) -> None:
    shown = servers.enter_context(cutaway.show(cutaway.load("gpt2"), open_browser=False))
    screen = open_screen("cell=blocks.3.attn.q:3,0,5", url=shown.url, color_scheme=theme)
    expect(screen.part("pinned-card")).to_be_visible()
    assert faults(screen) == []


def test_the_tabs_and_the_menu_of_a_phone(open_screen: Open, theme: str) -> None:
    screen = open_screen(CELL, color_scheme=theme, viewport=PHONE, has_touch=True, is_mobile=True)
    for tab in ("explain", "outline", "prompt"):
        screen.part(f"tab-{tab}").click()
        expect(screen.part(f"tab-{tab}")).to_have_attribute("aria-selected", "true")
        assert faults(screen) == [], tab
    screen.part("more").click()
    expect(screen.part("copy-link")).to_be_visible()
    assert faults(screen) == []


def test_without_webgl2(open_screen: Open, browser_without_webgl: Browser) -> None:
    screen = open_screen(browser=browser_without_webgl)
    expect(screen.part("table")).to_be_visible()
    assert faults(screen) == []
    screen.complaints = [c for c in screen.complaints if "WebGL" not in c]


def test_every_control_has_a_name_and_is_reached_in_order(open_screen: Open) -> None:
    screen = open_screen(CELL)
    expect(screen.part("pinned-card")).to_be_visible()
    seen: list[tuple[str, float, float]] = []
    for _ in range(80):
        screen.page.keyboard.press("Tab")
        at = screen.page.evaluate(
            """() => {
              const e = document.activeElement, box = e.getBoundingClientRect();
              if (e === document.body) return null;
              const label = e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent;
              const region = e.closest("header, aside, footer, canvas, main")?.tagName;
              return [label.trim(), region, box.width];
            }"""
        )
        if at is None:
            break
        seen.append(at)
    assert len(seen) > 20
    assert all(name for name, _, _ in seen), seen
    regions = [region for _, region, _ in seen]
    first = list(dict.fromkeys(regions))
    assert [name for name in first if name != "MAIN"] == ["HEADER", "CANVAS", "ASIDE", "FOOTER"], first


def test_headings_and_landmarks(shared: Screen) -> None:
    assert shared.page.locator("header, main, footer").count() == 3
    levels = shared.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])")
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels


def test_the_keys_move_the_cell_and_each_step_is_said(open_screen: Open) -> None:
    screen = open_screen(CELL)
    said = screen.part("announcer")
    expect(said).to_contain_text("blocks.0.attn.pattern[1, 4, 2]")
    screen.part("scene").focus()
    screen.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("blocks.0.attn.pattern[1, 5, 2]")
    screen.page.keyboard.press("Enter")
    expect(said).not_to_contain_text("attn.pattern[1, 5, 2], ")
    screen.page.keyboard.press("Backspace")
    expect(said).to_contain_text("blocks.0.attn.pattern[1, 5, 2]")


def test_by_touch_a_tap_inspects_and_no_key_is_spoken_of(open_screen: Open) -> None:
    screen = open_screen(viewport=PHONE, has_touch=True, is_mobile=True)
    screen.page.wait_for_function("() => cutaway.view.stats.frames > 0")
    x, y = screen.place("blocks.0.attn.q", (3, 0, 5))
    screen.page.touchscreen.tap(x, y)
    screen.card("blocks.0.attn.q", (3, 0, 5))
    screen.part("help").tap()
    text = screen.part("help-dialog").inner_text()
    assert "Two fingers" in text
    for key in ("Arrow", "Enter", "Escape", "Click", "Wheel", "Shift"):
        assert key not in text


def touching(screen: Screen) -> tuple[float, float, Callable[..., None]]:
    """A place near the top of the picture, and what sends a touch event with fingers at some places."""
    box = screen.part("scene").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 150
    touch = screen.page.context.new_cdp_session(screen.page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
        screen.page.wait_for_timeout(40)

    return x, y, send


def test_two_fingers_zoom_and_one_moves(open_screen: Open) -> None:
    screen = open_screen(viewport=PHONE, has_touch=True, is_mobile=True)
    x, y, send = touching(screen)

    def camera() -> dict:
        screen.rest(0.8)
        return screen.page.evaluate("cutaway.view.camera")

    before = camera()
    send("touchStart", (x, y))
    for step in range(1, 6):
        send("touchMove", (x + 12 * step, y))
    send("touchEnd")
    moved = camera()
    assert moved["target"] != pytest.approx(before["target"], abs=0.5)
    assert moved["azimuth"] == pytest.approx(before["azimuth"], abs=1e-3)
    assert moved["distance"] == pytest.approx(before["distance"], rel=1e-3)
    send("touchStart", (x - 30, y), (x + 30, y))
    for step in range(1, 6):
        send("touchMove", (x - 30 - 10 * step, y), (x + 30 + 10 * step, y))
    send("touchEnd")
    zoomed = camera()
    assert zoomed["distance"] < 0.8 * moved["distance"]


def test_two_fingers_that_turn_rotate_the_picture(open_screen: Open) -> None:
    screen = open_screen(viewport=PHONE, has_touch=True, is_mobile=True)
    x, y, send = touching(screen)
    before = screen.page.evaluate("cutaway.view.camera")
    send("touchStart", (x - 40, y), (x + 40, y))
    for step in range(1, 6):  # both to the right, at one distance from each other
        send("touchMove", (x - 40 + 12 * step, y), (x + 40 + 12 * step, y))
    send("touchEnd")
    screen.page.wait_for_function("(was) => Math.abs(cutaway.view.camera.azimuth - was) > 0.05", arg=before["azimuth"])
    screen.rest(0.8)
    after = screen.page.evaluate("cutaway.view.camera")
    assert after["distance"] == pytest.approx(before["distance"], rel=0.1)
