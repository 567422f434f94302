"""A model drawn for fewer tokens than its context is the same model: weights, formulas, numbers and costs."""

from __future__ import annotations

import numpy as np
import pytest

import cutaway
from cutaway import Model
from cutaway.bundle import first_prompt, model_of
from cutaway.errors import PromptError, SettingError
from cutaway.layout import scene_of
from cutaway.wire import Scene
from cutaway.wire_formula import wire_expr


@pytest.mark.parametrize("name", ["deepseek-v3", "gpt-oss-120b", "llama-3.1-8b", "mistral-7b", "t5-base", "gpt2"])
def test_only_token_axes_get_shorter(name: str) -> None:
    whole, short = cutaway.load(name), cutaway.load(name).within(100)
    assert short.context == 100
    for a, b in zip(whole.definition.axes, short.definition.axes, strict=True):
        assert (a.name, a.kind, a.length_of) == (b.name, b.kind, b.length_of)
        assert b.size == (100 if a.dynamic else a.size)
    # An encoder-decoder has two lengths.
    assert sum(a.dynamic for a in short.definition.axes) == (4 if name == "t5-base" else 2)
    assert list(whole.tensors) == list(short.tensors)
    for t in whole.tensors:
        a, b = whole.tensors[t].formula, short.tensors[t].formula
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            assert wire_expr(a) == wire_expr(b)
    assert whole.cost(tokens=60) == short.cost(tokens=60)
    assert short.cost() == whole.cost(tokens=100)


def test_it_says_what_it_is() -> None:
    whole = cutaway.load("deepseek-v3")
    short = whole.within(8192).within(1024)
    assert (short.name, short.title) == ("deepseek-v3@1024", "DeepSeek-V3, T = 1024")
    assert whole.within(whole.context) is whole
    spec = model_of(short)
    assert (spec.context, spec.true_context, spec.whole) == (1024, 163840, "deepseek-v3")
    assert spec.cost.tokens == 1024
    assert spec.sizes["context"] == 163840  # the architecture's own, whatever is drawn
    assert model_of(whole).whole is None


def extent(scene: Scene) -> float:
    """How wide the picture is, in cells."""
    return max(f.x + f.width for f in scene.frames) - min(f.x for f in scene.frames)


def test_the_picture_has_squares_of_that_size() -> None:
    short, whole = (scene_of(d) for m in [cutaway.load("deepseek-v3")] for d in (m.within(64).definition, m.definition))
    assert extent(short) < extent(whole) / 5


def test_a_run_has_the_same_numbers(nano: Model) -> None:
    short = nano.within(6)
    a, b = nano.run("CBABB"), short.run("CBABB")
    assert all(np.array_equal(a[name], b[name]) for name in a)
    assert a.explain("blocks.0.attn.q[3, 0, 5]").to_dict() == b.explain("blocks.0.attn.q[3, 0, 5]").to_dict()
    assert len(short.run("CBABB").generate(2).produced) == 2


def test_prompts_and_settings_beyond_it_are_refused(nano: Model) -> None:
    with pytest.raises(PromptError, match="nano-gpt@4 takes at most 4"):
        nano.within(4).run("CBABB")
    assert len(first_prompt(nano.within(4))) == 4
    assert len(first_prompt(nano.within(2))) == 2
    for tokens in (0, nano.context + 1, True, 2.0):
        with pytest.raises(SettingError, match=f"nano-gpt can be drawn for 1 to {nano.context} tokens"):
            nano.within(tokens)  # pyright: ignore[reportArgumentType]
    with pytest.raises(SettingError, match="1 to 4 tokens"):
        nano.within(4).within(5)
