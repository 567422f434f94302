"""A model whose embedding is larger than what the picture holds whole: single cells are seen where one is near."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from checkpoint_files import SMALL
from playwright.sync_api import expect
from screen import Screen

import cutaway
from cutaway.architectures import FAMILIES
from cutaway.save import save_folder

Open = Callable[..., Screen]

WORDS, CHANNELS = 30_011, 300
LIT = """async (cells) => {
  const picture = await createImageBitmap(await cutaway.view.capture(1));
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(picture, 0, 0);
  return cells.map((cell) => {
    const { x, y, visible } = cutaway.view.project(cell);
    if (!visible || cutaway.view.cellSize(cell) < 14) return null;
    const [r, g, b] = canvas.getImageData(Math.round(x), Math.round(y), 1, 1).data;
    return r + g + b;
  });
}"""
"""How bright the middle of each cell is: a disc where it is positive, inside a ring where it is negative."""


@pytest.fixture(scope="module")
def embedding() -> np.ndarray:
    """Numbers that are all 1 or -1, at random: any average of many is another number."""
    random = np.random.default_rng(5)
    return np.where(random.integers(0, 2, (WORDS, CHANNELS)) == 1, 1, -1).astype(np.float32)


@pytest.fixture(scope="module")
def large(embedding: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a model with that embedding is, tied to its head."""
    config = {**SMALL, "n_embd": CHANNELS, "n_layer": 1, "vocab_size": WORDS, "tie_word_embeddings": True}
    definition = FAMILIES["gpt2"].define(config)
    random = np.random.default_rng(0)
    weights = {
        name: random.standard_normal(t.shape({}), dtype=np.float32)
        for name, t in definition.tensors.items()
        if t.role == "weight" and t.declared.tied_to is None
    }
    folder: Path = tmp_path_factory.mktemp("large")
    save_folder(folder, definition, config, {**weights, "W_E": embedding, "W_U": embedding.T})
    with cutaway.show(cutaway.load(folder), open_browser=False) as shown:
        yield shown.url


def around(row: int, column: int, rows: int, columns: int) -> list[tuple[int, int]]:
    """The cells beside one, as far as there are any."""
    return [
        (r, c)
        for r in range(max(row - 3, 0), min(row + 4, rows))
        for c in range(max(column - 3, 0), min(column + 4, columns))
    ]


def expect_signs(screen: Screen, tensor: str, numbers: np.ndarray, row: int, column: int) -> None:
    """Positive cells are dark in the middle, negative ones are not: every one of them, before long."""
    cells = around(row, column, *numbers.shape)
    asked = [{"tensor": tensor, "index": list(cell)} for cell in cells]
    wrong: list[tuple[int, int]] = cells
    for _ in range(40):
        lit = screen.page.evaluate(LIT, asked)
        seen = [(cell, light) for cell, light in zip(cells, lit, strict=True) if light is not None]
        dark = [light for cell, light in seen if numbers[cell] > 0]
        bright = [light for cell, light in seen if numbers[cell] < 0]
        if len(seen) > 12 and dark and bright:
            middle = (max(dark) + min(bright)) / 2
            wrong = [cell for cell, light in seen if (light < middle) != (numbers[cell] > 0)]
            if not wrong and min(bright) - max(dark) > 40:
                return
        screen.rest(0.25)
    pytest.fail(f"{tensor} shows {wrong} otherwise than they are")


def test_near_by_every_cell_of_a_large_tensor_shows_its_own_number(
    open_screen: Open, large: str, embedding: np.ndarray
) -> None:
    screen = open_screen(f"cell=W_E:{WORDS - 1},{CHANNELS - 1}", url=large)
    expect_signs(screen, "W_E", embedding, WORDS - 1, CHANNELS - 1)
    # To another end, which nothing has been seen of yet, and to the tied head, the same numbers turned round.
    for tensor, row, column in [("W_E", 17_003, 131), ("W_U", CHANNELS - 1, 64)]:
        screen.place(tensor, (row, column))
        expect_signs(screen, tensor, embedding if tensor == "W_E" else embedding.T, row, column)
    assert screen.page.evaluate("cutaway.stats.drawCalls") <= 12


def test_until_its_number_has_come_a_cell_shows_an_average_and_no_figure(
    open_screen: Open, large: str, embedding: np.ndarray
) -> None:
    screen = open_screen(url=large)
    screen.page.evaluate("cutaway.view.picture.filling.paging.update = () => {}")
    screen.place("W_E", (9_001, 77))
    screen.rest()
    cells = around(9_001, 77, WORDS, CHANNELS)
    lit = screen.page.evaluate(LIT, [{"tensor": "W_E", "index": list(cell)} for cell in cells])
    light = {cell: light for cell, light in zip(cells, lit, strict=True) if light is not None}
    # neighbours that are averaged together look the same, whatever they are
    pairs = [(cell, (cell[0] ^ 1, cell[1])) for cell in light if (cell[0] ^ 1, cell[1]) in light]
    assert any(embedding[a] != embedding[b] for a, b in pairs)
    assert max(abs(light[a] - light[b]) for a, b in pairs) < 8
    screen.page.evaluate("delete cutaway.view.picture.filling.paging.update")
    screen.place("W_E", (9_001, 78))
    expect_signs(screen, "W_E", embedding, 9_001, 78)


def test_far_corners_are_told_exactly(open_screen: Open, large: str, embedding: np.ndarray) -> None:
    screen = open_screen(url=large)
    for row, column in [(0, CHANNELS - 1), (WORDS - 1, 0)]:
        card = screen.hover("W_E", (row, column))
        expect(card).to_have_attribute("data-index", f"{row},{column}")
        assert screen.value(card) == embedding[row, column]
        assert screen.value(screen.pin("W_U", (column, row))) == embedding[row, column]
        screen.page.keyboard.press("Escape")


def test_the_table_reaches_every_cell(open_screen: Open, large: str, embedding: np.ndarray) -> None:
    screen = open_screen(f"cell=W_E:{WORDS - 1},{CHANNELS - 2}", url=large)
    screen.part("table-toggle").click()
    table = screen.part("table")
    selected = table.locator("[aria-selected=true]")
    expect(selected).to_have_text(f"{embedding[WORDS - 1, CHANNELS - 2]:.3f}".replace("-", "−"))
    selected.focus()
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("ArrowLeft")
    expect(selected).to_have_text(f"{embedding[WORDS - 2, CHANNELS - 1]:.3f}".replace("-", "−"))
    expect(table.get_by_role("columnheader").filter(has_text=str(WORDS - 2))).to_be_visible()
    # all nine million would be too much of a text
    expect(screen.part("copy-csv")).to_have_text("Copy what is shown as CSV")
