"""An exported folder on a plain static host, under a sub-path: the model runs in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from screen import Screen

from cutaway import Model


def test_the_exported_model_is_alive_without_python(open_screen: Callable[..., Screen], site: str, nano: Model) -> None:
    screen = open_screen(url=site)
    screen.expect_tokens("CBABBC")
    screen.part("prompt").locator("input").first.click()
    screen.page.keyboard.type("aab")
    screen.expect_tokens("AABBBC")
    run = nano.run("AABBBC")
    for name, tensor in nano.tensors.items():
        if tensor.role in ("weight", "input"):
            continue
        index = tuple(n // 2 for n in run[name].shape)
        held = screen.page.evaluate("(cell) => cutaway.page.values.at(cell)", {"tensor": name, "index": list(index)})
        expected = float(run[name][index])
        if held is None:
            held = -float("inf")
        assert held == pytest.approx(expected, rel=1e-3, abs=1e-5), name
    card = screen.pin("blocks.2.mlp.post", (3, 100))
    assert screen.value(card) == pytest.approx(float(run["blocks.2.mlp.post"][3, 100]), rel=1e-3, abs=1e-5)
    screen.part("step").click()
    screen.expect_tokens("AABBBC" + run.generate(1).text)
