"""What the camera shows follows from the layout and from the lengths of the run."""

from __future__ import annotations

import pytest

from cutaway.architectures import llama
from cutaway.cellwise import CellValues
from cutaway.formula import Axis, Expr, length
from cutaway.layout import scene_of
from cutaway.tour.blocks import Bounds
from cutaway.tour.envelopes import envelope, straight
from cutaway.tour.frames import view
from cutaway.tour.places import Places

T = Axis("t", "token", 4096, length_of="tokens")


class Lengths:
    """A run of so many tokens, without values."""

    def __init__(self, tokens: int) -> None:
        self.lengths = {"tokens": tokens}
        self.tokens = [0] * tokens

    def of(self, value: float | Expr) -> float:
        return CellValues(self).value(value, {}) if isinstance(value, Expr) else value  # pyright: ignore


def test_what_grows_with_the_run_is_told_apart_from_what_reads_it() -> None:
    found = straight(3 + 2 * (length(T) - 1))
    assert found is not None
    assert (found.start, found.slopes) == (1.0, {"tokens": 2.0})
    assert straight(length(T) * length(T)) is None


@pytest.mark.parametrize("tokens", [1, 5, 12, 300, 4096])
def test_the_largest_of_several_for_any_length(tokens: int) -> None:
    lines = [straight(x) for x in (40, 2 + length(T), 7 + 0.5 * length(T), 12)]
    given = [x for x in lines if x is not None]
    run = Lengths(tokens)
    assert run.of(envelope(given, largest=True)) == pytest.approx(max(40, 2 + tokens, 7 + 0.5 * tokens))
    assert run.of(envelope(given, largest=False)) == pytest.approx(min(12, 2 + tokens, 7 + 0.5 * tokens))


@pytest.mark.parametrize("tokens", [2, 12, 900])
def test_a_frame_reaches_as_far_as_the_run(tokens: int) -> None:
    config = {"max_position_embeddings": 4096, "hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 96}
    definition = llama.define({**config, "num_hidden_layers": 2, "vocab_size": 50})
    places = Places(definition, scene_of(definition))
    names = [f"blocks.0.{n}" for n in ("resid_pre", "attn.W_Q", "attn.q", "attn.attn_scores", "mlp.pre")]
    found = view([places[n].shown for n in names], -0.3, 0.16)

    def cut(b: Bounds) -> Bounds:
        return Bounds(b.low, tuple(Lengths(tokens).of(v) for v in b.high))  # pyright: ignore

    expected = view([cut(places[n].shown) for n in names], -0.3, 0.16)
    assert [Lengths(tokens).of(v) for v in found] == pytest.approx(expected, rel=1e-3)
