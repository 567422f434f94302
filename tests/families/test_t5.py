"""What is particular to an encoder-decoder: two prompts of different lengths, one of which grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from command import answered
from safetensors.numpy import load_file, save_file
from transformers.models.t5.modeling_t5 import T5Attention

import cutaway
from cutaway import CutawayError, Model
from cutaway.definition import resolve
from cutaway.layout import scene_of
from cutaway.parts import bucket_edges
from families.cases import Oracle, oracle
from families.configurations import CASES

CASE = next(c for c in CASES if c.id == "t5: tied head")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return oracle(CASE, tmp_path_factory.mktemp("t5"))


@pytest.fixture(scope="module")
def model(said: Oracle) -> Model:
    return cutaway.load(said.folder)


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize(("buckets", "farthest"), [(32, 128), (8, 7), (8, 20), (12, 100), (64, 128), (4, 50)])
def test_buckets_are_those_of_transformers(buckets: int, farthest: int, both_ways: bool) -> None:
    distance = torch.arange(600)
    exact, edges = bucket_edges(buckets // 2 if both_ways else buckets, farthest)
    ours = distance.clamp(max=exact) + sum((distance >= edge).long() for edge in edges)
    theirs = T5Attention._relative_position_bucket(-distance, both_ways, buckets, farthest)
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("stack", ["encoder", "decoder"])
def test_stacks_with_tables_of_their_own_are_refused(stack: str, said: Oracle, tmp_path: Path) -> None:
    weights = load_file(said.folder / "model.safetensors")
    again = weights["shared.weight"].copy()
    (tmp_path / "config.json").write_bytes((said.folder / "config.json").read_bytes())
    save_file({**weights, f"{stack}.embed_tokens.weight": again}, tmp_path / "model.safetensors")
    run = cutaway.load(tmp_path).run(CASE.prompt)
    assert run["logits"].shape == (1, 13)
    again[2, 3] += 1
    save_file({**weights, f"{stack}.embed_tokens.weight": again}, tmp_path / "model.safetensors")
    with pytest.raises(CutawayError, match=rf"{stack}.embed_tokens.weight and shared.weight hold different numbers"):
        cutaway.load(tmp_path)


def test_the_decoder_begins_with_its_start_token(model: Model) -> None:
    run = model.run(CASE.prompt)
    assert run.decoder == [0]
    assert run.lengths == {"tokens": len(CASE.prompt), "decoder_tokens": 1}
    assert run["logits"].shape == (1, 13)
    text = model.run("1 2 3", decoder="4 5")  # a text stands behind the start token, ids are all there is
    assert (text.tokens, text.decoder) == ([1, 2, 3], [0, 4, 5])
    assert model.run([1, 2, 3], decoder=[4, 5]).decoder == [4, 5]


def test_writing_goes_on_in_the_decoder(model: Model, said: Oracle) -> None:
    theirs: Any = transformers.T5ForConditionalGeneration.from_pretrained(said.folder).eval()
    theirs.generation_config.eos_token_id = None
    with torch.no_grad():
        expected = theirs.generate(torch.tensor([CASE.prompt]), max_new_tokens=6, do_sample=False)[0].tolist()
    written = model.run(CASE.prompt).generate(6)
    assert written.tokens == CASE.prompt
    assert written.decoder == expected
    assert written.produced == expected[1:]
    full = model.run(CASE.prompt, decoder=[0] * 23).generate(2)  # the last one no longer fits the context
    assert len(full.decoder) == 24
    assert len(full.produced) == 2
    with pytest.raises(CutawayError, match="at most 2 steps fit the context of 24 tokens, got 3"):
        model.run(CASE.prompt, decoder=[0] * 23).generate(3)


def test_the_prompt_does_not_see_what_is_written(model: Model) -> None:
    one, other = model.run(CASE.prompt, decoder=[0, 1, 2]), model.run(CASE.prompt, decoder=[0, 5, 2])
    ends = "encoder_final_ln.normalized"
    np.testing.assert_array_equal(one[ends], other[ends])
    np.testing.assert_allclose(one["logits"][0], other["logits"][0], atol=1e-6)
    assert np.abs(one["logits"][1] - other["logits"][1]).max() > 1e-3


def test_sources_of_cross_attention_are_in_both_stacks(model: Model) -> None:
    run = model.run([1, 2, 3], decoder=[0, 4])
    scores = run.explain("decoder.1.cross_attn.attn_scores[2, 1, 2]")
    assert [repr(s) for s in scores.sources] == [
        "decoder.1.cross_attn.q[1, 2, 0:4]",
        "decoder.1.cross_attn.k[2, 2, 0:4]",
    ]
    key = run.explain("decoder.1.cross_attn.k[2, 2, 0]")
    assert repr(key.sources[0]) == "encoder_final_ln.normalized[2, 0:16]"
    bias = run.explain("encoder_rel_pos.bias[1, 0, 2]")
    assert [repr(s) for s in bias.sources] == ["encoder_rel_pos.W[6, 1]", "encoder_rel_pos.bucket[0, 2]"]


def test_a_decoder_prompt_that_does_not_fit(model: Model) -> None:
    with pytest.raises(CutawayError, match="token id 13 at position 1 is not in the vocabulary"):
        model.run([1], decoder=[0, 13])
    with pytest.raises(CutawayError, match="t50 takes at most 24"):
        model.run([1], decoder=[0] * 25)


def test_layers_that_read_the_encoder_are_seen_to(model: Model) -> None:
    scene = scene_of(model.definition)
    drawn = {(r.source, r.target) for r in scene.ribbons}
    for layer in range(2):
        for x in "kv":
            assert ("encoder_final_ln.normalized", f"decoder.{layer}.cross_attn.{x}") in drawn
    assert ("W_E", "decoder_embed") in drawn
    assert set(scene.offsets) == {"encoder", "decoder"}
    right = {
        stack: [b.x + scene.offsets[stack][0].x for b in scene.boxes if b.tensor.startswith(f"{stack}.")]
        for stack in ("encoder", "decoder")
    }
    assert max(right["encoder"]) < min(right["decoder"])
    assert resolve("decoder.*.cross_attn.k", 1) in model.tensors


def test_the_command_line_takes_both(said: Oracle) -> None:
    answer = answered("run", said.folder, "1 2 3", "--decoder", "4 5", "--generate", "2")
    assert "generated:" in answer.out
    assert "decoder" in answer.out


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"feed_forward_proj": "squared"}, "feed_forward_proj = 'squared' is not supported"),
        ({"relative_attention_num_buckets": 7}, "expected an even number, 4 or more"),
        ({"relative_attention_max_distance": 4}, "expected more than 4"),
    ],
)
def test_options_that_are_not_supported(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    import json

    config = {"model_type": "t5", **CASE.changes, **changes}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CutawayError, match=message):
        cutaway.load(tmp_path / "config.json")
