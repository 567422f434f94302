"""What the tour says of models that differ: its sums add up, and it speaks of what this model does."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import cutaway
from cutaway import wire
from cutaway.architectures import FAMILIES
from cutaway.explain import CellValues
from cutaway.model import Model
from cutaway.tour import compile_tour
from cutaway.tour.guide import GUIDE
from cutaway.traffic import cache_cells
from cutaway.vocabulary import IdsOnly
from cutaway.wire_formula import formula_of

SMALL = {
    "vocab_size": 11, "hidden_size": 8, "intermediate_size": 10, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "max_position_embeddings": 12,
}  # fmt: skip
PROMPT = [3, 1, 4, 1, 5, 9, 2]
NUMBER = r"(-?[\d.]+(?:e-?\d+)?|-inf)"


class Told:
    """The texts of a tour of a small random model, with the numbers of a run."""

    def __init__(self, family: str, **changes: Any) -> None:
        definition = FAMILIES[family].define({**SMALL, **changes})
        rng = np.random.default_rng(0)
        weights: Any = {}  # a mapping is all that a run asks for
        for name, t in definition.tensors.items():
            if t.declared.role == "weight":
                tied = t.declared.tied_to
                own = rng.normal(0, 0.5, [a.size for a in t.axes]).astype(np.float32)
                weights[name] = own if tied is None else weights[str(tied)].T
        self.model = Model(definition, IdsOnly(11), weights)
        self._values = CellValues(self.model.run(PROMPT))
        self._axes = {a.name: a for a in definition.axes}
        chapters = compile_tour(GUIDE, self.model, strict=True).tour.chapters
        assert all(step.text for c in chapters for step in c.steps), "a stop without words"
        self.chapters = {c.id: " ".join(self._text(step.text) for step in c.steps) for c in chapters}

    def _text(self, piece: Any) -> str:
        match piece:
            case str():
                return piece
            case list():
                return "".join(map(self._text, piece))
            case wire.RunNumber(e, "prompt"):
                return str(e)
            case wire.RunNumber(e, _):
                return f"{self._values.value(formula_of(e, self._axes, self.model.tensors), {}):.9g}"
            case wire.Paragraph():
                return self._text(piece.content) + " "
            case wire.Code(text):
                return f"`{text}`"
            case wire.Emphasis() | wire.Reference():
                return self._text(piece.content)
        return ""

    def numbers(self, chapter: str, pattern: str) -> list[float]:
        """The numbers in a sentence, where ``pattern`` has #."""
        expression = re.escape(pattern).replace(r"\#", NUMBER)
        found = re.search(expression, self.chapters[chapter])
        assert found, self.chapters[chapter]
        return [float(x) for x in found.groups()]


def test_multipliers_are_in_the_sums() -> None:
    told = Told(
        "granite", embedding_multiplier=6.0, residual_multiplier=0.3, attention_multiplier=0.2, logits_scaling=4.0
    )
    assert "multiplied by 6:" in told.chapters["embedding"]
    assert "the root of" not in told.chapters["embedding"]
    assert "multiplied by 0.2, a number that was chosen" in told.chapters["self-attention"]
    before, _, added, after = told.numbers("projection", "# before, # from attention, of which # is added, # after")
    assert before + added == pytest.approx(after, abs=1e-5)
    before, factor, result, after = told.numbers("gated-mlp", "# + # · # = # in channel 0")
    assert before + factor * result == pytest.approx(after, abs=1e-5)
    assert "multiplied by 0.25 here" in told.chapters["output"]


def test_a_window_is_looked_through_and_not_past() -> None:
    told = Told("mistral", sliding_window=3)
    said = told.numbers("self-attention", "with the key of token #, again")
    assert said == [len(PROMPT) - 3]
    (score,) = told.numbers("self-attention", "The score is #.")
    assert np.isfinite(score)
    assert told.numbers("self-attention", "The last token's score for token 0, # back, is #.") == [6, -np.inf]
    (kept,) = told.numbers("key-value-cache", "For your prompt that is # numbers.")
    assert kept == cache_cells(told.model.definition, len(PROMPT))[0]
    assert kept < cache_cells(Told("llama").model.definition, len(PROMPT))[0]


def test_layers_without_positions_are_spoken_of() -> None:
    told = Told("smollm3", num_hidden_layers=3, no_rope_layers=[0, 1, 0])
    assert "each is turned by an angle" in told.chapters["embedding"]
    assert "in 2 of the 3 blocks, this one for example, nothing is turned" in told.chapters["rotary-positions"]
    assert "Not everywhere" not in Told("llama").chapters["rotary-positions"]


def test_weights_that_are_stored_as_one_matrix_are_told_so() -> None:
    fused = Told("phi3", pad_token_id=0).chapters
    assert "all three are stored as one matrix, `qkv_proj`; here it is drawn as three." in fused["self-attention"]
    assert "stored as one matrix, `gate_up_proj`; here it is drawn as two." in fused["gated-mlp"]
    apart = Told("llama").chapters
    assert not [id for id, text in apart.items() if "stored as one" in text]
    in_turn = Told("gpt_oss", head_dim=4, num_local_experts=3, num_experts_per_tok=2).chapters
    assert "`gate_up_proj`, a unit's gate and its number in turn;" in in_turn["experts"]


def test_norms_within_attention_are_counted_apart() -> None:
    said = "Attention has norms of its own besides, 2 in each block"
    assert said in Told("qwen3", head_dim=4).chapters["rms-norm"]
    assert "norms of its own" not in Told("llama").chapters["rms-norm"]


def test_positions_that_begin_later_and_a_narrow_table() -> None:
    told = Told("opt", word_embed_proj_dim=4, ffn_dim=10)
    assert "The first token gets column 2 of it" in told.chapters["embedding"]
    token, position, total = told.numbers("embedding", "# from the token, # from the position, together #.")
    assert token + position == pytest.approx(total, abs=1e-5)
    assert "these weights first make 4 numbers" in told.chapters["output"]
    assert "below zero it gives nothing" in told.chapters["mlp"]


def test_a_structure_of_long_context_is_told_for_a_shorter_prompt() -> None:
    model = cutaway.load("mistral-7b")
    tour = compile_tour(GUIDE, model, strict=True).tour
    text = str([step.text for chapter in tour.chapters for step in chapter.steps])
    assert "Let us take a prompt of " in text
    assert f"{4096 * 65536:,}" in text  # the cache of the longest text, which the window bounds
    shorter = compile_tour(GUIDE, model.within(1024), strict=True).tour
    text = str([step.text for chapter in shorter.chapters for step in chapter.steps])
    assert "Let us take a prompt of " not in text
    assert "The picture is drawn for " in text
