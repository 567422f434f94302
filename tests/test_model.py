"""A model with numbers, and its runs."""

from __future__ import annotations

import numpy as np
import pytest

from cutaway import CutawayError, Model, Run
from cutaway.architectures import gpt2
from cutaway.errors import NameNotFound, PromptError, SettingError
from cutaway.vocabulary import IdsOnly


def test_repr(nano: Model, nano_run: Run) -> None:
    assert repr(nano) == ("<cutaway.Model nano-gpt: gpt2, 3 layers, 85,728 parameters, context 11, vocabulary 3>")
    assert repr(nano.tensors) == "<126 tensors of nano-gpt, from tokens to probs>"
    assert repr(nano_run).startswith("<cutaway.Run of nano-gpt on 'CBABBC' (6 tokens): next 'A' with probability 1.0")


def test_a_run_is_a_mapping_from_names_to_arrays(nano: Model, nano_run: Run) -> None:
    assert len(nano_run) == len(nano.tensors) == 126
    assert nano_run["blocks.0.attn.pattern"].shape == (3, 6, 6)
    assert nano_run["tokens"].tolist() == [2, 1, 0, 1, 1, 2]
    assert nano_run.texts == list("CBABBC")
    assert "blocks.9.x" not in nano_run
    with pytest.raises(NameNotFound, match="Did you mean"):
        nano_run["blocks.0.attn.patern"]


def test_the_pattern_is_a_causal_distribution(nano_run: Run) -> None:
    for layer in range(3):
        pattern = nano_run[f"blocks.{layer}.attn.pattern"]
        np.testing.assert_allclose(pattern.sum(-1), 1, atol=1e-6)
        assert (np.triu(pattern, 1) == 0).all()
    np.testing.assert_allclose(nano_run["probs"].sum(-1), 1, atol=1e-6)


@pytest.mark.parametrize("prompt", ["CBABBC", [2, 1, 0, 1, 1, 2], np.array([2, 1, 0, 1, 1, 2]), (2, 1, 0, 1, 1, 2)])
def test_prompts(nano: Model, nano_run: Run, prompt) -> None:
    np.testing.assert_array_equal(nano.run(prompt)["logits"], nano_run["logits"])


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "the prompt is empty; give from 1 to 11 tokens"),
        ([], "the prompt is empty"),
        ("ABCABCABCABC", "the prompt has 12 tokens; nano-gpt takes at most 11"),
        ([0, 3], r"token id 3 at position 1 is not in the vocabulary \(0 to 2\)"),
        ([0, -1], "token id -1 at position 1"),
        ([0, True], "got True in the list"),
        ([0.5], "got 0.5 in the list"),
        ("AXB", "unknown letter 'X' at place 2"),
    ],
)
def test_prompts_that_cannot_be_run(nano: Model, prompt, message: str) -> None:
    with pytest.raises(PromptError, match=message):
        nano.run(prompt)


def test_a_model_without_weights_says_so() -> None:
    model = Model(gpt2.define({"n_layer": 1, "n_embd": 4, "n_head": 1}), IdsOnly(50257))
    with pytest.raises(CutawayError, match="has no weights"):
        model.run([1])
    assert model.cost().parameters > 0


# Generation


def test_greedy_generation_sorts(nano: Model) -> None:
    generated = nano.run("CBABBC").generate(6)
    assert generated.text == "ABBBCC"
    assert generated.produced == [0, 1, 1, 1, 2, 2]
    assert generated.tokens == [2, 1, 0, 1, 1, 2, 0, 1, 1, 1, 2]  # the last letter no longer fits the context


def test_generation_goes_on_where_it_stopped(nano: Model) -> None:
    """A step depends on seed and position, not on how it was reached."""
    how = {"temperature": 3.0, "seed": 5}
    together = nano.run("CB").generate(8, **how)
    apart = nano.run("CB").generate(3, **how)
    assert apart.produced + nano.run(apart.tokens).generate(5, **how).produced == together.produced


def test_seeds_differ_and_repeat(nano: Model) -> None:
    texts = [nano.run("A").generate(10, temperature=5.0, seed=seed).text for seed in (0, 1, 2, 0)]
    assert len(set(texts)) == 3
    assert texts[0] == texts[3]


def test_top_k_of_one_is_greedy(nano: Model, nano_run: Run) -> None:
    assert nano_run.generate(6, temperature=9.0, top_k=1).text == nano_run.generate(6).text
    assert nano_run.generate(6, temperature=9.0, top_p=1e-9).text == nano_run.generate(6).text


def test_generation_on_torch(nano: Model) -> None:
    assert nano.run("CBABBC", on="torch").generate(6).text == "ABBBCC"


@pytest.mark.parametrize(
    ("steps", "options", "message"),
    [
        (0, {}, "steps must be 1 or more, got 0"),
        (7, {}, "at most 6 steps fit the context of 11 tokens, got 7"),
        (1, {"temperature": -1.0}, "temperature must be zero or more"),
        (1, {"top_k": 0}, "top_k must be 1 or more"),
    ],
)
def test_generation_options_out_of_range(nano_run: Run, steps: int, options: dict, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        nano_run.generate(steps, **options)
