"""A model with a decoder of its own: two lines of tokens, steps that append to the second, live and exported."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from families.cases import oracle
from families.configurations import CASES
from hosting import hosted
from playwright.sync_api import expect
from screen import Screen

import cutaway
from cutaway import Model

PROMPT, WRITTEN = [0, 1, 2, 3], [0, 4, 5]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    case = next(c for c in CASES if c.id == "t5: tied head")
    return cutaway.load(oracle(case, tmp_path_factory.mktemp("t5")).folder)


def shows(screen: Screen, model: Model, tokens: list[int], decoder: list[int]) -> None:
    """That the page has the run of Python on these tokens."""
    wanted = f"{tokens} {decoder}".replace(" ", "")
    said = "(JSON.stringify(cutaway.page.values.tokens) + JSON.stringify(cutaway.page.values.decoder))"
    screen.page.wait_for_function(f"(wanted) => {said} === wanted", arg=wanted)
    run = model.run(tokens, decoder=decoder)
    for name in ("decoder.1.cross_attn.pattern", "encoder_final_ln.normalized", "logits"):
        index = [n - 1 for n in run[name].shape]
        held = screen.page.evaluate("(cell) => cutaway.page.values.at(cell)", {"tensor": name, "index": index})
        assert held == pytest.approx(float(run[name][tuple(index)]), abs=1e-5), name


def test_steps_append_to_the_decoder(model: Model, open_screen: Callable[..., Screen], servers: ExitStack) -> None:
    shown = servers.enter_context(cutaway.show(model, open_browser=False))
    screen = open_screen(url=shown.url)
    shows(screen, model, PROMPT, [0])
    screen.part("decoder").fill("4 5")
    shows(screen, model, PROMPT, WRITTEN)
    screen.part("step").click()
    written = model.run(PROMPT, decoder=WRITTEN).generate(1).decoder
    shows(screen, model, PROMPT, written)
    screen.part("prompt").fill("7 8 9")
    shows(screen, model, [7, 8, 9], written)
    expect(screen.part("decoder")).to_have_value(" ".join(map(str, written[1:])))
    screen.part("reset").click()
    shows(screen, model, PROMPT, [0])


def test_an_exported_page_computes_it_itself(
    model: Model, tmp_path: Path, open_screen: Callable[..., Screen], servers: ExitStack
) -> None:
    cutaway.export(tmp_path / "page", model)
    url = servers.enter_context(hosted(tmp_path))
    screen = open_screen("tokens=7,8,9&decoder=0,4,5", url=f"{url}page/")
    shows(screen, model, [7, 8, 9], WRITTEN)
    screen.part("step").click()
    shows(screen, model, [7, 8, 9], model.run([7, 8, 9], decoder=WRITTEN).generate(1).decoder)
