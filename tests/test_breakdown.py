"""The parts of a model add up to all of it, and are what they are called."""

from __future__ import annotations

import pytest

from cutaway.breakdown import LABELS, breakdown, part_of_tensors
from cutaway.growth import Polynomial
from cutaway.load import BUILT_IN, load, presets


def at(polynomial: Polynomial, tokens: int) -> int:
    value = polynomial.at(tokens)
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("name", [*BUILT_IN, *presets()])
def test_parts_add_up(name: str) -> None:
    model = load(name)
    parts = breakdown(model.definition)
    for tokens in (1, 7, model.context):
        whole = model.cost(tokens=tokens)
        assert sum(p.parameters for p in parts) == whole.parameters
        assert sum(p.active_parameters for p in parts) == whole.active_parameters
        assert sum(at(p.multiply_adds, tokens) for p in parts) == whole.multiply_adds
        assert sum(at(p.bytes, tokens) for p in parts) == whole.bytes


@pytest.mark.parametrize("name", [*BUILT_IN, *presets()])
def test_every_tensor_is_of_a_known_part(name: str) -> None:
    definition = load(name).definition
    of = part_of_tensors(definition)
    assert set(of) == {t.name for t in definition.root.declared()}
    assert {kind for kind, _ in of.values()} <= set(LABELS)


def test_a_plain_decoder() -> None:
    """GPT-2 small, counted by hand: width 768, 12 layers, vocabulary 50257, context 1024."""
    of = {p.kind: p for p in breakdown(load("gpt2").definition)}
    assert of["embedding"].parameters == 50257 * 768 + 1024 * 768
    assert of["attention"].parameters == 12 * (4 * 768 * 768 + 4 * 768)
    assert of["mlp"].parameters == 12 * (2 * 768 * 3072 + 3072 + 768)
    assert of["norm"].parameters == 25 * 2 * 768
    assert of["head"].parameters == 0  # the token embedding, used again
    assert at(of["mlp"].multiply_adds, 10) == 10 * 12 * 2 * 768 * 3072
    assert at(of["attention"].multiply_adds, 10) == 10 * 12 * 4 * 768 * 768 + 100 * 12 * 2 * 768
    assert at(of["head"].multiply_adds, 10) == 10 * 768 * 50257


def test_a_mixture_of_experts() -> None:
    """Mixtral 8x7B: of 8 experts 2 work, and a router says which."""
    of = {p.kind: p for p in breakdown(load("mixtral-8x7b").definition)}
    assert of["experts"].parameters == 32 * 8 * 3 * 4096 * 14336
    assert of["experts"].active_parameters * 4 == of["experts"].parameters
    assert of["router"].parameters == 32 * 8 * 4096
    assert "mlp" not in of


def test_what_stands_outside_a_module_goes_with_what_it_adds_up() -> None:
    of = part_of_tensors(load("bert-base").definition)
    assert of["blocks.*.attn_out"][0] == "attention"
    assert of["blocks.*.mlp_out"][0] == "mlp"
    assert of["blocks.*.resid_mid"][0] == "stream"
    assert of["mlm_head.W"][0] == "head"
    assert of["mlm_head.ln.w"][0] == "norm"
    assert of["full_embed"][0] == "embedding"
