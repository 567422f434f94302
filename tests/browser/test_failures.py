"""When something is missing: no WebGL2, no server, a damaged file. A sentence says what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Route, expect
from screen import DESKTOP, Screen, typeset

import cutaway
from cutaway import Model, Run
from cutaway.numbers import shown

Open = Callable[..., Screen]


def test_without_webgl2_tables_and_explanations_still_work(
    open_screen: Open, browser_without_webgl: Browser, nano_run: Run
) -> None:
    screen = open_screen(browser=browser_without_webgl)
    screen.complaints = [c for c in screen.complaints if "WebGL" not in c]
    expect(screen.part("notice").first).to_contain_text("WebGL2")
    screen.part("search").fill("blocks.0.attn.pattern")
    screen.part("search").press("Enter")
    card = screen.part("pinned-card")
    expect(card).to_have_attribute("data-tensor", "blocks.0.attn.pattern")
    card = screen.pin("blocks.0.attn.pattern", (1, 4, 2))
    assert screen.value(card) == float(nano_run["blocks.0.attn.pattern"][1, 4, 2])
    selected = screen.part("table").locator("td[aria-selected=true]")
    assert typeset(selected.inner_text()) == shown(float(nano_run["blocks.0.attn.pattern"][1, 4, 2]))
    expect(screen.part("sources", card).locator("button").first).to_be_visible()
    screen.complaints = [c for c in screen.complaints if "WebGL" not in c]


def test_the_table_shows_the_values_of_a_tensor(open_screen: Open, nano_run: Run) -> None:
    screen = open_screen()
    screen.pin("blocks.2.attn.pattern", (0, 0, 0))
    screen.part("table-toggle").click()
    cells = screen.part("table").locator("tbody tr")
    expected = nano_run["blocks.2.attn.pattern"][0]
    said = [[typeset(t) for t in row.locator("td").all_inner_texts()] for row in cells.all()]
    assert said in (
        [[shown(float(x)) for x in row] for row in expected],
        [[shown(float(x)) for x in row] for row in expected.T],
    )


def test_a_server_that_has_gone_is_told_and_nothing_is_lost(open_screen: Open, nano: Model) -> None:
    shown_here = cutaway.show(nano, open_browser=False)
    screen = open_screen(url=shown_here.url)
    screen.pin("blocks.0.attn.q", (3, 0, 5))
    shown_here.close()
    screen.part("prompt").locator("input").first.click()
    screen.page.keyboard.type("a")
    # either something else could run the model, or nothing could: then it says so
    screen.page.wait_for_function(
        """() => cutaway.page.values.texts.join('') === 'ABABBC'
             || document.querySelector('[data-testid=notice]')?.textContent.includes('server')"""
    )
    screen.card("blocks.0.attn.q", (3, 0, 5))
    assert screen.tokens() in ("ABABBC", "CBABBC")
    screen.complaints = [
        c for c in screen.complaints if "ERR_CONNECTION_REFUSED" not in c and "Failed to load" not in c
    ]


@pytest.mark.parametrize("path", ["bundle.json", "weights.safetensors", "run.safetensors"])
@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_file_that_does_not_come_is_a_sentence(browser: Browser, address: str, path: str, how: str) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    if how == "missing":
        page.route(f"**/{path}", lambda route: route.fulfill(status=404, body="gone"))
    else:
        page.route(f"**/{path}", lambda route: route.fulfill(status=200, body="{]"))
    page.goto(address)
    notice = page.get_by_test_id("notice").first
    expect(notice).to_contain_text(path, timeout=20_000)
    expect(notice.get_by_role("button", name="Reload")).to_be_visible()
    expect(page.get_by_test_id("loading")).to_have_count(0)
    context.close()


def test_while_it_loads_it_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    held: list[Route] = []
    page.route("**/weights.safetensors", lambda route: held.append(route))
    page.goto(address)
    expect(page.get_by_test_id("loading")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_test_id("loading")).to_have_count(0, timeout=20_000)
    context.close()


@pytest.mark.parametrize(
    ("part", "said"),
    [("render", "draws the picture could not be fetched"), ("later", "reload it to see explanations")],
)
def test_a_part_of_the_page_that_does_not_come_is_a_sentence(
    browser: Browser, address: str, part: str, said: str
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.route(f"**/assets/{part}-*.js", lambda route: route.fulfill(status=404, body="gone"))
    page.goto(f"{address}#cell=blocks.0.attn.q:3,0,5")
    expect(page.get_by_test_id("notices")).to_contain_text(said, timeout=20_000)
    expect(page.get_by_test_id("outline")).to_be_visible()
    if part == "render":  # all else works
        expect(page.get_by_test_id("pinned-card")).to_have_attribute("data-tensor", "blocks.0.attn.q")
        expect(page.get_by_test_id("table")).to_be_visible()
    context.close()
