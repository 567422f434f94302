"""Several models in one scene: added, looked into, compared, taken away; in the address, and in an export."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from checkpoint_files import write_checkpoint
from hosting import hosted
from playwright.sync_api import Locator, Route, expect
from screen import PHONE, Screen
from test_accessibility import faults

import cutaway
from cutaway import Model

Open = Callable[..., Screen]
WINDOW = {"width": 900, "height": 600}
"""Smaller than a desktop's: in software a frame of several models, near by, takes its time by the pixel."""


def standing(screen: Screen, *names: str) -> None:
    """Wait until these models are what is drawn, from left to right."""
    screen.page.wait_for_function(
        "(names) => cutaway.page.opened.map((each) => each.name).join() === names.join()", arg=list(names)
    )
    screen.page.wait_for_function(
        """() => cutaway.page.opened.every(({ model }) =>
             cutaway.view.isStanding(model))"""
    )


def pick(screen: Screen) -> Locator:
    """The list of models, opened."""
    if screen.part("picker").count() == 0:
        screen.part("pick").click()
    expect(screen.part("picker")).to_be_visible()
    return screen.part("picker")


def add(screen: Screen, name: str) -> None:
    box = screen.part(f"in-scene-{name}", pick(screen))
    box.check()
    screen.page.wait_for_function("(name) => cutaway.page.opened.some((each) => each.name === name)", arg=name)


def point(screen: Screen, model: str, tensor: str, index: Sequence[int]) -> tuple[float, float]:
    """Fly to a cell of a model, point at it, and go on with the current model as it was."""
    at = screen.page.evaluate(
        """async ([name, cell]) => {
             const { page, view } = cutaway;
             const { model } = page.opened.find((each) => each.name === name);
             const frame = () => new Promise(requestAnimationFrame);
             view.setCurrent(model);
             view.flyTo({ cell }, false);
             for (let i = 0; i < 3; i++) await frame();
             const at = cutaway.project(cell);
             view.setCurrent(page.model);
             await frame();
             return at;
           }""",
        [model, {"tensor": tensor, "index": list(index)}],
    )
    assert at["visible"], f"{tensor}{list(index)} of {model} is not in view"
    screen.page.mouse.move(at["x"] - 3, at["y"] + 60)
    screen.page.mouse.move(at["x"], at["y"], steps=3)
    return at["x"], at["y"]


def test_models_are_added_looked_into_and_taken_away(open_screen: Open) -> None:
    screen = open_screen(viewport=WINDOW)
    screen.page.set_default_timeout(90_000)  # near by, a frame of a large model takes software long
    expect(screen.part("in-scene-nano-gpt", pick(screen))).to_be_disabled()  # something has to stand there
    add(screen, "gpt2-xl")
    add(screen, "gpt-3")
    standing(screen, "nano-gpt", "gpt2-xl", "gpt-3")
    screen.page.wait_for_function("() => location.hash.includes('with=gpt2-xl,gpt-3')")
    assert screen.page.evaluate("cutaway.page.model.spec.name") == "nano-gpt"

    for model, tensor, index in (
        ("nano-gpt", "blocks.1.attn.q", (2, 0, 3)),
        ("gpt2-xl", "blocks.30.mlp.pre", (4, 6)),
        ("gpt-3", "blocks.95.attn.attn_scores", (0, 5, 2)),
    ):
        x, y = point(screen, model, tensor, index)
        card = screen.part("hover-card")
        expect(card).to_have_attribute("data-model", model)
        expect(card).to_have_attribute("data-tensor", tensor)
        assert re.search(r"GPT", card.inner_text(), re.IGNORECASE)
        screen.page.mouse.click(x, y)
        screen.card(tensor, index)
        screen.page.wait_for_function("(name) => cutaway.page.model.spec.name === name", arg=model)
        screen.page.wait_for_function("(name) => location.hash.includes(`model=${name}`)", arg=model)
        assert screen.symbols().startswith(f"{tensor}[")
    assert screen.page.evaluate("cutaway.view.stats.drawCalls") <= 20

    screen.part("in-scene-gpt-3", pick(screen)).uncheck()
    screen.page.wait_for_function("() => cutaway.page.opened.length === 2")
    assert screen.page.evaluate("cutaway.page.model.spec.name") == "gpt2-xl"
    screen.page.go_back()
    standing(screen, "nano-gpt", "gpt2-xl", "gpt-3")
    screen.card("blocks.95.attn.attn_scores", (0, 5, 2))


def test_each_model_keeps_its_prompt(open_screen: Open) -> None:
    screen = open_screen("model=nano-gpt&with=gpt2&prompt=AAB", viewport=WINDOW)
    standing(screen, "nano-gpt", "gpt2")
    screen.expect_tokens("AAB")
    screen.part("look-gpt2", pick(screen)).click()
    expect(screen.part("no-values").first).to_be_visible()
    screen.page.wait_for_function("() => location.hash.includes('model=gpt2') && !location.hash.includes('prompt')")
    screen.part("look-nano-gpt").click()
    screen.expect_tokens("AAB")
    screen.page.wait_for_function("() => location.hash.includes('prompt=AAB')")


def test_a_link_brings_models_back_in_their_order(open_screen: Open, site: str) -> None:
    link = "model=gpt2&with=nano-gpt,*,gpt2-medium&cell=blocks.11.mlp.post:3,5"
    screen = open_screen(link, url=site)
    standing(screen, "nano-gpt", "gpt2", "gpt2-medium")
    screen.card("blocks.11.mlp.post", (3, 5))
    screen.page.wait_for_function(
        "() => location.hash.startsWith('#model=gpt2&with=nano-gpt,*,gpt2-medium&cell=blocks.11.mlp.post:3,5')"
    )
    screen.page.evaluate("location.hash = 'model=nano-gpt&with=gpt2-medium'")
    standing(screen, "nano-gpt", "gpt2-medium")
    screen.page.go_back()
    standing(screen, "nano-gpt", "gpt2", "gpt2-medium")


def test_names_that_are_not_there_are_said(open_screen: Open) -> None:
    screen = open_screen("model=nano-gpt&with=gpt2-xxl,gpt2")
    standing(screen, "nano-gpt", "gpt2")
    expect(screen.part("notice").first).to_contain_text("There is no model “gpt2-xxl” here. Near matches: gpt2-xl")


def test_an_exported_folder_fetches_what_is_asked_for(open_screen: Open, site: str) -> None:
    asked: list[str] = []
    screen = open_screen("theme=light", url=site)
    screen.page.on("request", lambda request: asked.append(request.url))
    assert not any("catalogue" in url for url in asked)
    screen.part("model-search", pick(screen)).fill("llama 70")
    screen.page.keyboard.press("Enter")
    standing(screen, "nano-gpt", "llama-2-70b")
    assert [url for url in asked if "catalogue" in url] == [f"{site}catalogue/llama-2-70b.json"]
    expect(screen.part("card-llama-2-70b")).to_contain_text("69 B")


def test_a_model_that_does_not_come_leaves_the_scene(open_screen: Open, site: str) -> None:
    screen = open_screen("theme=dark", url=site)

    def gone(route: Route) -> None:
        route.fulfill(status=404, body="gone")

    screen.page.route("**/catalogue/gpt2.json", gone)
    screen.part("in-scene-gpt2", pick(screen)).click()
    expect(screen.part("notice").first).to_contain_text("catalogue/gpt2.json")
    expect(screen.part("in-scene-gpt2")).not_to_be_checked()
    assert screen.page.evaluate("cutaway.page.opened.length") == 1
    screen.complaints = [c for c in screen.complaints if "404" not in c]


def test_the_list_is_gone_through_with_keys(open_screen: Open) -> None:
    screen = open_screen()
    screen.part("pick").focus()
    screen.page.keyboard.press("Enter")
    expect(screen.part("model-search")).to_be_focused()
    screen.page.keyboard.type("gpt-2")
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("ArrowDown")
    expect(screen.part("in-scene-gpt2-medium")).to_be_focused()
    screen.page.keyboard.press("Space")
    standing(screen, "nano-gpt", "gpt2-medium")
    screen.page.keyboard.press("Escape")
    expect(screen.part("picker")).to_have_count(0)
    expect(screen.part("pick")).to_be_focused()


def cells(row: Locator) -> list[str]:
    """A row of the comparison as it is read aloud."""
    return [re.sub(r"\s+", " ", text).strip() for text in row.locator("th, td").all_text_contents()]


def test_two_models_are_compared_part_by_part(open_screen: Open) -> None:
    screen = open_screen("model=gpt2&with=mixtral-8x7b,nano-gpt")
    standing(screen, "gpt2", "mixtral-8x7b", "nano-gpt")
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    pick(screen)
    screen.part("compare").click()
    table = screen.part("comparison")
    expect(screen.part("comparison-1")).to_have_value("mixtral-8x7b")
    models = [cutaway.load(name).cost() for name in ("gpt2", "mixtral-8x7b")]

    def row(label: str) -> Locator:
        return table.locator(f'tr[data-row="{label}"]')

    exact = row("parameters").first.locator(".amount")
    assert [exact.nth(i).get_attribute("data-value") for i in (0, 1)] == [str(m.parameters) for m in models]
    assert cells(row("Experts").first)[1:] == ["none", "2 of 8 for each token", "≠ differs"]
    assert cells(row("Positions").first)[1:3] == ["a learned vector each", "Rotary positions"]
    assert cells(row("Predicts"))[-1] == "same"
    assert row("Router").first.locator("td").first.inner_text() == "none"
    screen.part("only-differences").check()
    expect(row("Predicts")).to_have_count(0)

    screen.part("comparison-tokens").fill("1")
    screen.part("comparison-tokens").press("Enter")
    work = row("multiply-adds per token").locator(".amount").nth(0)
    expect(work).to_have_attribute("data-value", str(cutaway.load("gpt2").cost(tokens=1).multiply_adds))

    screen.part("comparison-csv").click()
    expect(screen.part("comparison").get_by_role("status")).to_contain_text("Copied")
    lines = screen.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0] == "section,,GPT-2 small,Mixtral 8x7B,second / first,differs"
    assert f"Parameters by part,Experts,,{32 * 8 * 3 * 4096 * 14336},,yes" in lines

    screen.part("comparison-0").select_option("nano-gpt")
    screen.part("comparison-1").select_option("nano-gpt")
    expect(table).to_contain_text("Nothing differs")
    screen.page.keyboard.press("Escape")
    expect(table).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_screen: Open, theme: str) -> None:
    screen = open_screen("model=nano-gpt&with=gpt2-xl,gpt-3", color_scheme=theme)
    standing(screen, "nano-gpt", "gpt2-xl", "gpt-3")
    pick(screen)
    screen.page.get_by_role("button", name="Explanation").click()
    expect(screen.part("card-gpt-3")).to_be_visible()
    assert faults(screen) == []
    screen.part("compare").click()
    expect(screen.part("comparison")).to_be_visible()
    assert faults(screen) == []


def test_on_a_phone_the_list_is_in_the_sheet(open_screen: Open) -> None:
    screen = open_screen("model=qwen3-235b-a22b&with=nano-gpt", viewport=PHONE, has_touch=True, is_mobile=True)
    standing(screen, "qwen3-235b-a22b", "nano-gpt")
    screen.part("pick").tap()
    expect(screen.part("tab-models")).to_have_attribute("aria-selected", "true")
    assert faults(screen) == []
    for part in ("help", "pick"):
        box = screen.part(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    screen.part("compare").tap()
    table = screen.part("comparison").locator("table").bounding_box()
    assert table is not None
    assert table["x"] + table["width"] <= PHONE["width"]
    # The longest name of all, in a column of 80 pixels.
    name = screen.part("comparison").locator(".select .chosen").first
    expect(name).to_have_text("Qwen3 235B-A22B")
    assert name.evaluate("(name) => name.scrollWidth <= name.clientWidth && name.clientWidth > 0")


def test_the_page_around_can_ask_for_models(open_screen: Open, site: str, tmp_path: Path, servers: ExitStack) -> None:
    frame = f"{site}index.html?embed=1&chrome=off"
    (tmp_path / "around.html").write_text(
        f'<!doctype html><iframe src="{frame}" width="900" height="600"></iframe>'
        "<script>addEventListener('message', ({ data }) => {"
        "if (data.type === 'cutaway:ready') window.ready = true })</script>"
    )
    url = servers.enter_context(hosted(tmp_path))
    page = open_screen("theme=light", url=site).page.context.new_page()
    page.goto(f"{url}around.html")
    page.wait_for_function("() => window.ready")
    inner = page.frames[1]

    def ask(**fields: object) -> None:
        message = json.dumps({"type": "cutaway:set", **fields})
        page.evaluate(f"document.querySelector('iframe').contentWindow.postMessage({message}, '*')")

    def shows(*names: str, current: str) -> None:
        inner.wait_for_function(
            """([names, current]) => cutaway.page.opened.map((each) => each.name).join() === names.join()
                 && cutaway.page.model.spec.name === current""",
            arg=[list(names), current],
        )

    ask(model="gpt2")
    shows("gpt2", current="gpt2")
    ask(**{"with": ["nano-gpt"]})
    shows("gpt2", "nano-gpt", current="gpt2")
    ask(model="nano-gpt")
    shows("gpt2", "nano-gpt", current="nano-gpt")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A small model that reads 20,000 tokens."""
    return cutaway.load(write_checkpoint(tmp_path_factory.mktemp("long") / "small", n_positions=20_000))


def drawn_for_fewer(screen: Screen) -> None:
    """From the whole context to 128 tokens, on a prompt of one's own, with a cell pinned; and back in the history."""
    standing(screen, "small")
    options = screen.part("drawn-for").first.locator("option").all_inner_texts()
    assert (options[0], options[-1]) == ("128 tokens", "20,000 tokens, the whole context")
    before = screen.value(screen.card("blocks.1.mlp.post", (2, 5)))
    screen.part("drawn-for").first.select_option("small@128")
    standing(screen, "small@128")
    assert screen.page.evaluate("cutaway.page.values.tokens") == [1, 2, 3]
    assert screen.value(screen.card("blocks.1.mlp.post", (2, 5))) == before
    assert screen.page.evaluate("cutaway.page.model.spec.context") == 128
    screen.part("prompt").fill("4 3 2 1")
    screen.page.wait_for_function("() => cutaway.page.values.tokens.join() === '4,3,2,1'")
    screen.page.wait_for_function("() => location.hash.startsWith('#model=small@128&tokens=4,3,2,1')")
    # It is one of the page's own, not a well-known one.
    pick(screen)
    own = screen.page.get_by_role("region", name="Of this page")
    expect(own.get_by_test_id("in-scene-small@128")).to_be_visible()
    screen.page.go_back()
    standing(screen, "small")


def test_a_model_with_values_is_drawn_for_fewer_tokens(open_screen: Open, long: Model, servers: ExitStack) -> None:
    shown = servers.enter_context(cutaway.show(long, open_browser=False))
    drawn_for_fewer(open_screen("tokens=1,2,3&cell=blocks.1.mlp.post:2,5", url=shown.url))


def test_so_it_is_in_an_export(open_screen: Open, long: Model, tmp_path: Path, servers: ExitStack) -> None:
    cutaway.export(tmp_path, long, alone=True)
    url = servers.enter_context(hosted(tmp_path))
    drawn_for_fewer(open_screen("tokens=1,2,3&cell=blocks.1.mlp.post:2,5", url=url))


def test_the_tour_is_not_hidden_by_the_list(open_screen: Open) -> None:
    screen = open_screen()
    pick(screen)
    screen.part("open-tour").click()
    expect(screen.part("tour")).to_be_visible()
    expect(screen.part("picker")).to_have_count(0)
