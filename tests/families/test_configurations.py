"""Configurations as people have them: older spellings, defaults left out, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers.activations import ACT2FN

import cutaway
from cutaway.architectures import FAMILIES
from cutaway.errors import CheckpointError
from cutaway.evaluate import numpy_backend
from cutaway.formula import Axis
from cutaway.lower import Env, lower
from cutaway.model import Model
from cutaway.parts import ACTIVATIONS
from cutaway.vocabulary import IdsOnly
from families.cases import oracle
from families.configurations import CASES, LLAMA3

BY_ID = {c.id: c for c in CASES}

OLDER: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "llama: llama3 frequencies": lambda rope: {
        "rope_theta": rope.pop("rope_theta"),
        "rope_scaling": rope,
    },
    "llama: linear frequencies": lambda rope: {
        "rope_theta": rope.pop("rope_theta"),
        "rope_scaling": {"type": rope.pop("rope_type"), **rope},
    },
    "gpt_neox: side by side, part of a head turned": lambda rope: {
        "rotary_emb_base": rope["rope_theta"],
        "rotary_pct": rope["partial_rotary_factor"],
    },
    "gemma3_text: linear global angles, untied": lambda rope: {
        "rope_theta": rope["full_attention"].pop("rope_theta"),
        "rope_scaling": rope["full_attention"],
        "rope_local_base_freq": rope["sliding_attention"]["rope_theta"],
    },
    "phi3: a prompt longer than the original context": lambda rope: {
        "rope_theta": rope.pop("rope_theta"),
        "rope_scaling": {"type": "su", **{k: rope[k] for k in ("short_factor", "long_factor")}},
    },
    "gpt_oss: sinks and windows": lambda rope: {"rope_theta": rope.pop("rope_theta"), "rope_scaling": rope},
}
"""How configurations wrote ``rope_parameters`` before Transformers 5."""


@pytest.mark.parametrize("name", OLDER)
def test_older_spellings_of_rotary_parameters(name: str, tmp_path: Path) -> None:
    case = BY_ID[name]
    expected = oracle(case, tmp_path)
    path = tmp_path / "config.json"
    config = json.loads(path.read_text())
    config |= OLDER[name](config.pop("rope_parameters"))
    path.write_text(json.dumps(config))
    assert np.abs(cutaway.load(tmp_path).run(case.prompt)["logits"] - expected.logits).max() < 1e-4


REFUSED = [
    (
        "llama",
        {"rope_parameters": {"rope_type": "proportional"}},
        "rope_type 'proportional'.*default, dynamic, linear, llama3",
    ),
    (
        "phi3",
        {"rope_scaling": {"type": "longrope", "short_factor": [1.0]}},
        "rope_parameters.short_factor has 1 entries; expected 48 numbers above zero",
    ),
    ("smollm3", {"no_rope_layers": [1]}, r"no_rope_layers = \[1\] .*a list of 36 times 0 or 1"),
    ("llama", {"rope_parameters": {**LLAMA3, "factor": None}}, "rope_parameters.factor = None"),
    ("llama", {"partial_rotary_factor": 0.5}, "partial_rotary_factor = 0.5 .*expected 1.0"),
    ("llama", {"is_causal": False}, "is_causal = False .*expected true"),
    ("llama", {"per_layer_config": {"0": {"hidden_act": "relu"}}}, "per_layer_config = .*expected {}"),
    (
        "qwen3",
        {"rope_parameters": {"full_attention": {"rope_theta": 7.0}}},
        "rope_parameters.full_attention = .*the same angles in all layers",
    ),
    ("qwen2", {"layer_types": ["sliding_attention"] * 32}, "use_sliding_window = False .*expected true"),
    ("qwen2", {"layer_types": ["full_attention"]}, "1 entries.*one for each of 32 layers"),
    ("gemma2", {"sliding_window": None}, "sliding_window = None .*a number"),
    ("gemma3_text", {"attn_logit_softcapping": 2.0}, "attn_logit_softcapping = 2.0 .*expected null"),
    ("gemma3_text", {"rope_parameters": {"full_attention": {"truncate": False}}}, "truncate = False .*expected true"),
    ("gpt_neox", {"rope_theta": 500.0}, "rope_theta = 500.0 .*expected 10000.0"),
    ("gpt_neox", {"head_dim": 128}, "head_dim = 128 .*expected 96"),
    ("phi3", {"rope_scaling": {"type": "linear", "factor": 2.0}}, "rope_type = 'linear' .*default or longrope"),
    ("llama", {"rope_parameters": 5}, "rope_parameters = 5 .*an object"),
    ("llama", {"head_dim": 5}, "even number of channels, got 5"),
    ("llama", {"num_key_value_heads": 3}, "num_key_value_heads = 3 .*a divisor of num_attention_heads = 32"),
    ("llama", {"hidden_size": 100}, "num_attention_heads = 32 .*a divisor of hidden_size = 100"),
    ("llama", {"hidden_act": "snake"}, "hidden_act = 'snake' .*silu"),
    ("llama", {"num_hidden_layers": 0}, "num_hidden_layers = 0 .*a positive whole number"),
    ("gemma2", {"layer_types": ["full_attention"]}, "1 entries.*one for each of 26 layers"),
    ("gemma2", {"layer_types": ["chunked_attention"] * 26}, "layer_types = 'chunked_attention'"),
    ("gemma", {"use_bidirectional_attention": True}, "use_bidirectional_attention = True .*false"),
    ("mixtral", {"num_experts_per_tok": 9}, "num_experts_per_tok = 9 .*at most num_local_experts = 8"),
    (
        "bert",
        {"architectures": ["BertForQuestionAnswering"]},
        "architectures = \\['BertForQuestionAnswering'\\] ",
    ),
    ("bert", {"is_decoder": True}, "is_decoder = True .*false"),
    ("bert", {"position_embedding_type": "relative_key"}, "position_embedding_type = 'relative_key' .*'absolute'"),
    ("deepseek_v3", {"n_group": 7}, "n_group = 7 .*a divisor of n_routed_experts = 256"),
    ("deepseek_v3", {"head_dim": 128}, "head_dim = 128 .*expected 64"),
    (
        "deepseek_v3",
        {"topk_group": 1, "num_experts_per_tok": 33},
        "num_experts_per_tok = 33 .*the 32 experts of 1 groups",
    ),
    ("granite", {"logits_scaling": 0}, "logits_scaling = 0.0 .*above zero"),
    ("llama", {"num_hidden_layers": 100_000_000}, "num_hidden_layers = 100000000 .*at most 4096"),
    ("gpt2", {"n_layer": 5000}, "n_layer = 5000 .*at most 4096"),
    ("deepseek_v3", {"scoring_func": "softmax"}, "scoring_func = 'softmax' .*'sigmoid'"),
    ("qwen3_moe", {"mlp_only_layers": 3}, "mlp_only_layers = 3 .*a list"),
]


@pytest.mark.parametrize(("family", "changes", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "")
def test_what_is_not_supported_is_refused(family: str, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        FAMILIES[family].define(changes)


@pytest.mark.parametrize(
    ("family", "usual", "own"),
    [
        ("gpt2", {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "max_position_embeddings": 9},
         {"n_embd": 24, "n_layer": 2, "n_head": 3, "n_positions": 9}),
        ("t5", {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "head_dim": 5},
         {"d_model": 24, "num_layers": 2, "num_heads": 3, "d_kv": 5}),
        ("mixtral", {"num_experts": 3}, {"num_local_experts": 3}),
        ("gpt_oss", {"num_experts": 5}, {"num_local_experts": 5}),
        ("deepseek_v3", {"num_local_experts": 16}, {"n_routed_experts": 16}),
    ],
)  # fmt: skip
def test_usual_names_of_keys_count_like_the_family_s_own(
    family: str, usual: dict[str, Any], own: dict[str, Any]
) -> None:
    shapes = [
        {name: [a.size for a in t.axes] for name, t in FAMILIES[family].define(config).tensors.items()}
        for config in (usual, own, {})
    ]
    assert shapes[0] == shapes[1] != shapes[2]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_that_of_transformers(name: str) -> None:
    x = Axis("x", "channel", 801)
    theirs = torch.linspace(-20, 20, 801)
    lowered = lower(ACTIVATIONS[name]((x - 400) * 0.05), [x])
    on = numpy_backend()
    ours = lowered.run(Env(on.xp, (), {}, {}, on.device, on.function))
    np.testing.assert_allclose(ours, ACT2FN[name](theirs).numpy(), atol=2e-5, rtol=1e-5)


def test_an_unknown_family_lists_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen4"}))
    with pytest.raises(CheckpointError, match=r"model_type 'qwen4'.*Did you mean 'qwen\d'.*Supported: .*mixtral"):
        cutaway.load(tmp_path)


PUBLISHED: list[tuple[str, dict[str, Any], int]] = [
    ("llama", {"max_position_embeddings": 4096}, 6_738_415_616),
    ("bert", {}, 109_514_298),
    ("mistral", {}, 7_241_732_096),
    ("mixtral", {}, 46_702_792_704),
    ("qwen3", {"intermediate_size": 12288, "num_hidden_layers": 36, "num_key_value_heads": 8}, 8_190_735_360),
    ("deepseek_v3", {}, 671_026_419_200),
    ("gpt_oss", {}, 116_829_156_672),
]


@pytest.mark.parametrize(("family", "changes", "parameters"), PUBLISHED, ids=[f for f, _, _ in PUBLISHED])
def test_parameters_at_full_size_are_the_published_number(
    family: str, changes: dict[str, Any], parameters: int
) -> None:
    definition = FAMILIES[family].define(changes)
    size = definition.tensors["logits"].axes[-1].size
    assert Model(definition, IdsOnly(size)).cost(tokens=1).parameters == parameters


def test_layers_that_are_alike_are_one_body() -> None:
    for family, bodies in (("llama", 1), ("gemma2", 2), ("deepseek_v3", 2), ("gpt_oss", 2)):
        root = FAMILIES[family].define({}).root
        assert len([m for m in root.modules if m.layers]) == bodies, family


def test_every_family_has_a_case() -> None:
    assert {c.family for c in CASES} == set(FAMILIES)


def test_a_case_has_a_name_of_its_own() -> None:
    assert len(BY_ID) == len(CASES)
