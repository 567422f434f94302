"""Models with what is awkward about their families, exported: the page computes every tensor as Python does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from families.cases import oracle
from families.configurations import CASES
from hosting import hosted
from playwright.sync_api import expect
from screen import Screen

import cutaway

EVERYTHING = """() => Object.fromEntries(cutaway.page.values.model.names.map(
  (name) => [name, Array.from(cutaway.page.values.get(name).data, String)]))"""


@pytest.mark.parametrize("id", ["deepseek_v3: latent attention, groups, dense first", "gpt_oss: sinks and windows"])
def test_every_tensor_is_computed_as_in_python(
    id: str, tmp_path: Path, open_screen: Callable[..., Screen], servers: ExitStack
) -> None:
    case = next(c for c in CASES if c.id == id)
    model = cutaway.load(oracle(case, tmp_path / "model").folder)
    cutaway.export(tmp_path / "host" / "page", model)
    run = model.run(case.prompt[:-1])
    url = servers.enter_context(hosted(tmp_path / "host"))
    screen = open_screen(f"tokens={','.join(map(str, run.tokens))}", url=f"{url}page/")
    wanted = str(run.tokens).replace(" ", "")
    screen.page.wait_for_function("(w) => JSON.stringify(cutaway.page.values.tokens) === w", arg=wanted)
    held = screen.page.evaluate(EVERYTHING)
    assert held.keys() == model.tensors.keys()
    for name in model.tensors:
        found = np.array([float(number.replace("Infinity", "inf")) for number in held[name]])
        np.testing.assert_allclose(found, run[name].ravel(), rtol=1e-5, atol=1e-5, err_msg=name)
    for name in ("blocks.1.attn.attn_scores", "blocks.1.mlp.router_logits", "logits"):
        index = [n // 2 for n in run[name].shape]
        explanation = run.explain(f"{name}{index}")
        assert screen.value(screen.pin(name, index)) == pytest.approx(explanation.value, rel=1e-5, abs=1e-5)
        assert screen.symbols() == explanation.text


def test_a_wide_formula_is_fitted_although_its_letters_come_late(
    tmp_path: Path, open_screen: Callable[..., Screen], servers: ExitStack
) -> None:
    """It is measured when its own letters are there: those that stand in for them are narrower."""
    case = next(c for c in CASES if c.id == "gemma2: windows in every other layer")
    model = cutaway.load(oracle(case, tmp_path).folder)
    shown = servers.enter_context(cutaway.show(model.run(case.prompt), open_browser=False))
    screen = open_screen("cell=blocks.0.attn.attn_scores:3,8,6", url=shown.url)
    formula = screen.part("formula-symbols", screen.card("blocks.0.attn.attn_scores", (3, 8, 6)))
    expect(formula.locator(".katex").first).to_be_visible()
    screen.page.wait_for_function(
        """() => {
             const place = document.querySelector('[data-testid=formula-symbols] .place');
             return document.fonts.status === 'loaded' && place.scrollWidth <= place.clientWidth + 1;
           }"""
    )
