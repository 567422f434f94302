"""Pages of models that have no values, and of models that fill in hidden tokens instead of going on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from families.cases import oracle
from families.configurations import CASES
from playwright.sync_api import expect
from screen import PHONE, Screen

import cutaway
from cutaway import Model

Open = Callable[..., Screen]


@pytest.fixture(scope="module")
def structure() -> Iterator[str]:
    """Where a model without values is."""
    with cutaway.show(cutaway.load("gpt-3"), open_browser=False) as shown:
        yield shown.url


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Model:
    case = next(c for c in CASES if c.id == "bert: two segments")
    model = cutaway.load(oracle(case, tmp_path_factory.mktemp("bert")).folder)
    model.prompt = case.prompt
    return model


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_without_values_nothing_is_offered_that_needs_them(open_screen: Open, structure: str, size: str) -> None:
    on_phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    screen = open_screen(url=structure, **(on_phone if size == "phone" else {}))
    if size == "phone":
        screen.part("tab-prompt").click()
    expect(screen.part("no-values").first).to_contain_text("without weights")
    for part in ("prompt", "step", "run", "reset", "sampling", "probability-bars"):
        expect(screen.part(part)).to_have_count(0)


def test_without_values_a_link_leads_to_a_cell_and_says_what_it_is_computed_from(
    open_screen: Open, structure: str
) -> None:
    screen = open_screen("cell=blocks.50.attn.q:3,0,5", url=structure)
    card = screen.card("blocks.50.attn.q", (3, 0, 5))
    expect(screen.part("value", card)).to_contain_text("no value")
    said = [text.replace("\n", "") for text in screen.part("sources", card).locator("button").all_inner_texts()]
    assert said == [
        "blocks.50.ln1.normalized[3, 0…12287]",
        "blocks.50.attn.W_Q[0, 0…12287, 5]",
        "blocks.50.attn.b_Q[0, 5]",
    ]
    # it is flown to: a cell of 96 layers cannot be seen from afar
    cell = {"tensor": "blocks.50.attn.q", "index": [3, 0, 5]}
    screen.page.wait_for_function("(cell) => cutaway.view.cellSize(cell) > 5", arg=cell)
    screen.part("scene").focus()
    screen.page.keyboard.press("Enter")
    expect(screen.part("pinned-card")).to_have_attribute("data-tensor", "blocks.50.ln1.normalized")


def test_choosing_a_tensor_shows_all_of_it(open_screen: Open, structure: str) -> None:
    """From near by, too, where the cell that is pinned with it is out of view, and although a panel opens."""
    screen = open_screen(url=structure)
    screen.page.evaluate("cutaway.view.flyTo({ cell: { tensor: 'W_E', index: [0, 0] } }, false)")
    screen.part("search").fill("blocks.60.mlp.W_in")
    screen.part("search").press("Enter")
    screen.card("blocks.60.mlp.W_in", (0, 0))
    corners = [{"tensor": "blocks.60.mlp.W_in", "index": at} for at in ([0, 0], [12287, 0], [12287, 49151])]
    screen.page.wait_for_function("(cells) => cells.every((cell) => cutaway.project(cell).visible)", arg=corners)
    # and when nothing moves any more, they still are
    screen.rest()
    assert all(screen.page.evaluate("(cells) => cells.map((cell) => cutaway.project(cell).visible)", corners))


def test_an_address_that_is_edited_leads_to_its_cell(open_screen: Open, structure: str) -> None:
    screen = open_screen(url=structure)
    screen.pin("blocks.50.attn.q", (3, 0, 5))
    cell = {"tensor": "blocks.50.attn.q", "index": [3, 0, 5]}
    screen.page.wait_for_function("(cell) => cutaway.view.cellSize(cell) > 5", arg=cell)


def test_a_number_of_tokens_that_is_not_there_is_said_and_the_model_shown(open_screen: Open, structure: str) -> None:
    screen = open_screen("model=llama-3.1-8b@2048", url=structure)
    expect(screen.part("notice")).to_contain_text("cannot be drawn for 2048 tokens")
    expect(screen.part("notice")).to_contain_text("llama-3.1-8b@1024, llama-3.1-8b@8192")
    screen.page.wait_for_function("cutaway.page.model.spec.name === 'llama-3.1-8b'")


def test_long_names_stay_within_the_outline(open_screen: Open, servers: ExitStack) -> None:
    """T5's parts have long names: they are cut, and the column beside the picture keeps its width."""
    shown = servers.enter_context(cutaway.show(cutaway.load("t5-base"), open_browser=False))
    screen = open_screen(url=shown.url)
    expect(screen.page.get_by_text("Relative positions of the encoder")).to_be_visible()
    overflow = (
        "e => [...e.querySelectorAll('*')].filter(x => x.scrollWidth > 0).map(x => x.getBoundingClientRect().right)"
    )
    edges = screen.page.locator("aside.left").evaluate(overflow)
    assert edges
    assert max(edges) <= screen.page.locator("aside.left").evaluate("e => e.getBoundingClientRect().right")


def test_hidden_tokens_are_predicted_at_their_places(open_screen: Open, bert: Model, servers: ExitStack) -> None:
    assert bert.prompt is not None
    run = bert.run(bert.prompt)
    shown = servers.enter_context(cutaway.show(run, open_browser=False))
    screen = open_screen(url=shown.url)
    for part in ("step", "run", "sampling"):
        expect(screen.part(part)).to_have_count(0)
    bars = screen.part("probability-bars")
    section = screen.page.get_by_role("region", name="Prediction of the token at a place")

    def likeliest() -> tuple[int, float]:
        first = bars.locator("button").first
        return int(first.get_attribute("data-token") or ""), float(first.get_attribute("data-probability") or "")

    last = len(run.tokens) - 1
    expect(section).to_contain_text(f"t = {last}")
    assert likeliest() == (int(np.argmax(run["probs"][last])), float(run["probs"][last].max()))
    screen.page.get_by_role("button", name="The place before").click()
    expect(section).to_contain_text(f"t = {last - 1}")
    assert likeliest() == (int(np.argmax(run["probs"][last - 1])), float(run["probs"][last - 1].max()))
    # a cell that is pinned takes the bars along
    screen.pin("blocks.0.attn.q", (2, 0, 0))
    expect(section).to_contain_text("t = 2")
    assert likeliest() == (int(np.argmax(run["probs"][2])), float(run["probs"][2].max()))
