"""Pointing and clicking in the picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from screen import DESKTOP, Screen

from cutaway import Run

# Of tensors with heads in depth, the first head: the others stand behind it.
CELLS = [
    ("blocks.0.attn.q", (3, 1, 5)),
    ("blocks.0.attn.W_K", (0, 40, 10)),
    ("blocks.1.attn.pattern", (0, 4, 3)),
    ("blocks.0.ln1.mean", (2,)),
    ("blocks.2.mlp.post", (1, 150)),
    ("blocks.1.mlp.W_in", (10, 90)),
    ("W_E", (1, 20)),
    ("logits", (4, 1)),
    ("tokens", (3,)),
]


@pytest.mark.parametrize(("tensor", "index"), CELLS, ids=lambda p: str(p).replace(" ", ""))
def test_the_card_beside_the_pointer_is_that_of_the_cell_under_it(
    shared: Screen, nano_run: Run, tensor: str, index: tuple[int, ...]
) -> None:
    card = shared.hover(tensor, index)
    expect(card).to_have_attribute("data-tensor", tensor)
    expect(card).to_have_attribute("data-index", ",".join(map(str, index)))
    assert shared.value(card) == float(nano_run[tensor][index])
    axes = nano_run.model.tensors[tensor].axes
    said = shared.part("indices", card).inner_text().replace("\xa0", " ")
    for axis, position in zip(axes, index, strict=True):
        assert f"{axis.name} = {position}" in said


def test_the_card_never_leaves_the_window(shared: Screen) -> None:
    x, y = shared.place("blocks.0.mlp.W_in", (20, 90))
    box = shared.part("scene").bounding_box()
    assert box is not None
    seen = 0
    for across in (0.24, 0.5, 0.76, 0.985):
        for down in (0.03, 0.5, 0.97):
            shared.page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down, steps=2)
            shared.rest(0.15)
            card = shared.part("hover-card")
            if card.count() and (place := card.bounding_box()):
                seen += 1
                assert place["x"] >= 0
                assert place["y"] >= 0
                assert place["x"] + place["width"] <= DESKTOP["width"]
                assert place["y"] + place["height"] <= DESKTOP["height"]
    shared.page.mouse.move(x, y)
    assert seen >= 3


def test_a_click_pins_and_a_click_on_a_source_in_the_picture_goes_there(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen()
    x, y = screen.place("blocks.0.attn.q", (3, 1, 5))
    screen.page.mouse.click(x, y)
    screen.card("blocks.0.attn.q", (3, 1, 5))
    same = screen.page.locator('[data-testid=hover-card][data-tensor="blocks.0.attn.q"][data-index="3,1,5"]')
    expect(same).to_have_count(0)  # the pinned card says it all
    x, y = screen.place("blocks.0.ln1.normalized", (3, 7))
    screen.page.mouse.click(x, y)
    screen.card("blocks.0.ln1.normalized", (3, 7))
    expect(screen.part("breadcrumbs").locator("li")).to_have_count(3)
    screen.page.keyboard.press("Escape")
    expect(screen.part("pinned-card")).to_have_count(0)


def test_leaving_the_picture_takes_the_card_away(shared: Screen) -> None:
    expect(shared.hover("blocks.0.attn.q", (2, 1, 5))).to_be_visible()
    shared.page.mouse.move(5, 5)
    expect(shared.part("hover-card")).to_have_count(0)


def test_nothing_is_drawn_while_nothing_changes(shared: Screen) -> None:
    shared.page.mouse.move(5, 5)
    shared.rest(1.5)
    frames = shared.page.evaluate("cutaway.stats.frames")
    shared.rest(1.5)
    assert shared.page.evaluate("cutaway.stats.frames") == frames


def test_a_frame_takes_few_draw_calls(shared: Screen) -> None:
    assert shared.page.evaluate("cutaway.stats.drawCalls") <= 16
    shared.hover("blocks.0.mlp_out", (2, 5))
    expect(shared.part("hover-card")).to_be_visible()
    shared.rest(0.3)
    assert 0 < shared.page.evaluate("cutaway.stats.drawCalls") <= 16


def test_a_pinned_cell_is_seen_through_the_heads_before_it(open_screen: Callable[..., Screen]) -> None:
    """Heads stand one behind another: those before the pinned one are cut away, and come back."""
    screen = open_screen()
    tensor, index = "blocks.1.attn.q", (3, 2, 5)
    screen.place(tensor, index)
    screen.page.evaluate("cutaway.view.camera = { ...cutaway.view.camera, azimuth: 0, elevation: 0 }")

    def expect_head(head: int) -> None:
        """Which head is under the pointer, where the cell is."""
        screen.rest(0.2)
        x, y = screen.place(tensor, index, fly=False)
        screen.page.mouse.move(x + 2, y + 90)
        screen.page.mouse.move(x, y, steps=2)
        screen.page.wait_for_function(
            "([tensor, index]) => cutaway.page.hovered?.tensor === tensor && `${cutaway.page.hovered.index}` === index",
            arg=[tensor, f"{index[0]},{head},{index[2]}"],
        )

    expect_head(0)
    screen.pin(tensor, index)
    screen.page.evaluate("cutaway.view.camera = { ...cutaway.view.camera, azimuth: 0, elevation: 0 }")
    expect_head(2)
    screen.page.keyboard.press("Escape")
    expect_head(0)
