"""What is particular to an encoder: tokens ahead are read, segments are given, nothing is continued."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import answered
from safetensors.numpy import load_file, save_file

import cutaway
from cutaway import CutawayError, Model, wire
from cutaway.bundle import bundle
from families.cases import Oracle, oracle
from families.configurations import CASES

CASE = next(c for c in CASES if c.id == "bert: two segments")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return oracle(CASE, tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def model(said: Oracle) -> Model:
    return cutaway.load(said.folder)


def test_tokens_read_those_after_them(model: Model) -> None:
    run = model.run(CASE.prompt)
    assert (run["blocks.0.attn.pattern"] > 0).all()
    assert model.cost().cache_bytes_per_token == 0
    other = model.run([*CASE.prompt[:-1], (CASE.prompt[-1] + 1) % 13])
    assert np.abs(run["logits"][0] - other["logits"][0]).max() > 1e-3


def test_segments_are_zeros_unless_given(model: Model) -> None:
    plain, zeros = model.run([1, 2, 3]), model.run([1, 2, 3], segments=[0, 0, 0])
    np.testing.assert_array_equal(plain["segments"], [0, 0, 0])
    np.testing.assert_array_equal(plain["logits"], zeros["logits"])
    cell = model.run([1, 2, 3], segments=[0, 1, 1]).explain("segment_embed[1, 4]")
    assert [repr(s) for s in cell.sources] == ["W_segment[1, 4]", "segments[1]"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"segments": [0]}, "segments: expected one number for each of 3 tokens, got 1"),
        ({"segments": [0, 0, 2]}, "segments: expected whole numbers from 0 to 1, got 2 at position 2"),
        ({"segments": [0, 0.5, 0]}, "got 0.5 at position 1"),
        ({"classes": [0, 0, 0]}, "takes segments beside the prompt, got classes"),
        ({"decoder": [0, 0, 0]}, "has no decoder of its own"),
    ],
)
def test_inputs_that_do_not_fit(model: Model, inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(CutawayError, match=message):
        model.run([1, 2, 3], **inputs)


def test_other_models_take_nothing_beside_the_prompt(nano: Model) -> None:
    with pytest.raises(CutawayError, match="nano-gpt takes nothing beside the prompt, got segments"):
        nano.run("CBA", segments=[0, 0, 0])


def test_it_cannot_go_on(model: Model, said: Oracle) -> None:
    with pytest.raises(CutawayError, match="predicts the token at each place, not the next one"):
        model.run([1, 2]).generate(1)
    assert ": last '" in repr(model.run([1, 2]))
    answer = answered("run", said.folder, "1 2 3")
    assert "predicted here" in answer.out
    assert "token at the last place" in answer.out


def test_an_encoder_without_a_head_ends_in_the_stream(tmp_path: Path) -> None:
    case = next(c for c in CASES if c.id == "bert: bare, two segments")
    said = oracle(case, tmp_path)
    model = cutaway.load(said.folder)
    run = model.run(case.prompt, **case.inputs)
    assert list(model.tensors)[-1] == "blocks.1.resid_post"
    assert model.definition.predicts == "none"
    assert model.vocabulary.size == 13
    assert repr(run).endswith("(9 tokens): 88 tensors>")
    for refused in (lambda: run.prediction, lambda: run.generate(1)):
        with pytest.raises(CutawayError, match="predicts no tokens"):
            refused()
    (spec,) = bundle([model], capabilities=wire.Capabilities()).models
    assert (spec.logits, spec.probabilities, spec.predicts) == (None, None, "none")
    assert "token" in answered("run", said.folder, "1 2 3").out


def test_names_of_the_first_checkpoints(said: Oracle, tmp_path: Path) -> None:
    """Norms had gamma and beta, and the head's bias stood under another key."""
    arrays = load_file(said.folder / "model.safetensors")
    older = {k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
             for k, v in arrays.items()}  # fmt: skip
    assert older.keys() != arrays.keys()
    save_file(older, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(json.loads((said.folder / "config.json").read_text())))
    run = cutaway.load(tmp_path).run(CASE.prompt, **CASE.inputs)
    assert np.abs(run["logits"] - said.logits).max() < 1e-4
    origin = run.explain("blocks.1.ln2.w[3]").origin
    assert origin == "model.safetensors: bert.encoder.layer.1.output.LayerNorm.gamma[3]"
