"""What tells models apart is said as their papers say it."""

from __future__ import annotations

import pytest

from cutaway.load import BUILT_IN, load, presets
from cutaway.traits import sizes, traits


def test_sizes_of_a_plain_decoder() -> None:
    assert sizes(load("gpt-3").definition) == {
        "context": 2048,
        "layers": 96,
        "width": 12288,
        "vocabulary": 50257,
        "heads": 96,
        "key/value heads": 96,
        "channels of a head": 128,
        "hidden units": 49152,
    }


def test_sizes_of_a_mixture_of_experts() -> None:
    found = sizes(load("deepseek-v3").definition)
    assert (found["layers"], found["width"], found["hidden units"]) == (61, 7168, 18432)
    assert (found["experts"], found["active experts"], found["hidden units of an expert"]) == (256, 8, 2048)


EXPECTED: dict[str, dict[str, str]] = {
    "gpt2": {
        "Positions": "a learned vector each",
        "Norm": "layer norm, before attention and MLP",
        "A token sees": "itself and all before it",
        "Keys and values": "each head its own",
        "MLP": "GELU by tanh",
        "Biases": "in attention and MLP",
        "Head": "the token embedding, used again",
    },
    "bert-base": {
        "Norm": "layer norm, after attention and MLP",
        "A token sees": "all tokens",
        "MLP": "GELU",
        "Predicts": "hidden tokens",
    },
    "llama-2-70b": {
        "Positions": "Rotary positions",
        "Norm": "RMS norm, before attention and MLP",
        "Keys and values": "one for each 8 heads",
        "MLP": "gated, SiLU",
        "Biases": "none",
        "Head": "a matrix of its own",
    },
    "mistral-7b": {"A token sees": "4,096 tokens, itself the last"},
    "gemma-2-9b": {
        "Norm": "RMS norm, before and after attention and MLP",
        "A token sees": "4,096 tokens, itself the last (21 layers); itself and all before it (21 layers)",
        "Attention scores": "soft cap",
        "MLP": "gated, GELU by tanh",
    },
    "qwen3-8b": {"Norm of queries and keys": "RMS norm"},
    "gpt-oss-120b": {
        "Attention scores": "a sink in each head",
        "MLP": "gated, SiLU, limited",
        "Experts": "4 of 128 for each token",
    },
    "deepseek-v3": {
        "Keys and values": "from a vector of 512 channels",
        "Experts": "none (3 layers); 8 of 256 for each token, and one for all (58 layers)",
    },
}


@pytest.mark.parametrize("name", EXPECTED)
def test_traits_are_those_of_the_paper(name: str) -> None:
    found = traits(load(name).definition)
    assert {key: found[key] for key in EXPECTED[name]} == EXPECTED[name]


@pytest.mark.parametrize("parallel", [True, False])
def test_attention_and_mlp_side_by_side(parallel: bool) -> None:
    from cutaway.architectures import gpt_neox

    small = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32, "num_hidden_layers": 2}
    found = traits(gpt_neox.define({**small, "vocab_size": 10, "use_parallel_residual": parallel}))
    assert found["Attention and MLP"] == ("side by side" if parallel else "one after the other")


@pytest.mark.parametrize("name", [*BUILT_IN, *presets()])
def test_every_model_says_the_same_things(name: str) -> None:
    definition = load(name).definition
    assert list(traits(definition)) == list(traits(load("nano-gpt").definition))
    assert all(traits(definition).values())
    assert list(sizes(definition))[:4] == ["context", "layers", "width", "vocabulary"]
