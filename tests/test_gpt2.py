"""The GPT-2 family against Transformers: logits, every hidden state and every attention matrix."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel

import cutaway
from cutaway import CutawayError, Model
from cutaway.architectures import gpt2

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "nano": {"n_layer": 3, "n_head": 3, "n_embd": 48, "n_positions": 11, "vocab_size": 3, "tie_word_embeddings": False},
    "tied": {"n_layer": 2, "n_head": 2, "n_embd": 8, "n_positions": 9, "vocab_size": 17},
    "one head": {"n_layer": 1, "n_head": 1, "n_embd": 5, "n_positions": 4, "vocab_size": 7},
    "many heads": {"n_layer": 2, "n_head": 14, "n_embd": 14, "n_positions": 6, "vocab_size": 11},
    "odd sizes": {"n_layer": 5, "n_head": 3, "n_embd": 21, "n_positions": 13, "vocab_size": 2, "n_inner": 19},
    "exact gelu": {
        "n_layer": 2,
        "n_head": 2,
        "n_embd": 12,
        "n_positions": 7,
        "vocab_size": 9,
        "activation_function": "gelu",
    },
    "relu": {"n_layer": 2, "n_head": 3, "n_embd": 12, "n_positions": 7, "vocab_size": 9, "activation_function": "relu"},
    "silu": {"n_layer": 2, "n_head": 4, "n_embd": 12, "n_positions": 7, "vocab_size": 9, "activation_function": "silu"},
    "epsilon": {"n_layer": 1, "n_head": 2, "n_embd": 6, "n_positions": 7, "vocab_size": 9, "layer_norm_epsilon": 0.1},
    "wide": {
        "n_layer": 1,
        "n_head": 4,
        "n_embd": 64,
        "n_positions": 64,
        "vocab_size": 500,
        "tie_word_embeddings": False,
    },
}


def saved(folder: Path, dtype: torch.dtype = torch.float32, **config: Any) -> GPT2LMHeadModel:
    """A model with random weights, far from where training would start it, saved to ``folder``."""
    torch.manual_seed(sum(map(ord, json.dumps(config))))
    own = GPT2Config(**config, bos_token_id=0, eos_token_id=0)
    own._attn_implementation = "eager"  # the one that returns attention matrices
    model = GPT2LMHeadModel(own).eval()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.2)
    torch.nn.Module.to(model, dtype)
    model.save_pretrained(folder)
    return model.float()


def assert_alike(model: Model, oracle: GPT2LMHeadModel, tokens: list[int], on: str = "numpy") -> None:
    """Logits, hidden states and attention matrices within 1e-4."""
    run = model.run(tokens, on=on)
    with torch.no_grad():
        out = oracle(torch.tensor([tokens]), output_hidden_states=True, output_attentions=True)
    expected = {
        "logits": out.logits,
        "blocks.0.resid_pre": out.hidden_states[0],
        "ln_final.normalized": out.hidden_states[-1],
    }
    expected |= {f"blocks.{k}.resid_pre": h for k, h in enumerate(out.hidden_states[:-1])}
    expected |= {f"blocks.{k}.attn.pattern": p for k, p in enumerate(out.attentions)}
    expected["probs"] = out.logits.softmax(-1)
    for name, value in expected.items():
        np.testing.assert_allclose(run[name], value[0].numpy(), rtol=1e-4, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations(name: str, tmp_path: Path) -> None:
    config = CONFIGURATIONS[name]
    oracle = saved(tmp_path, **config)
    model = cutaway.load(tmp_path)
    rng = np.random.default_rng(0)
    for length in (1, 3, config["n_positions"]):
        assert_alike(model, oracle, rng.integers(0, config["vocab_size"], length).tolist())
    assert_alike(model, oracle, [0, 1, 1], on="torch")
    assert model.cost().parameters == sum(p.numel() for p in oracle.parameters())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_types(dtype: torch.dtype, tmp_path: Path) -> None:
    """Weights are widened to float32, exactly."""
    oracle = saved(tmp_path, dtype, **CONFIGURATIONS["odd sizes"])
    assert_alike(cutaway.load(tmp_path), oracle, [0, 1, 1, 0])


@pytest.mark.parametrize("prefix", ["", "transformer."])
def test_keys_with_and_without_prefix(prefix: str, tmp_path: Path) -> None:
    oracle = saved(tmp_path, **CONFIGURATIONS["tied"])
    file = tmp_path / "model.safetensors"
    weights = {key.replace("transformer.", prefix): value for key, value in load_file(file).items()}
    save_file(weights, file)
    model = cutaway.load(tmp_path)
    assert_alike(model, oracle, [3, 1, 4])
    assert model.run([1]).explain("W_pos[2, 3]").origin == f"model.safetensors: {prefix}wpe.weight[2, 3]"


@pytest.mark.parametrize("same", [True, False])
def test_a_tied_head_stored_a_second_time(same: bool, tmp_path: Path) -> None:
    """As Transformers does: other numbers in the file count, whatever the configuration says."""
    saved(tmp_path, **CONFIGURATIONS["tied"])
    file = tmp_path / "model.safetensors"
    weights = load_file(file)
    head = next(w for key, w in weights.items() if key.endswith("wte.weight")).clone()
    save_file({**weights, "lm_head.weight": head if same else head.flip(0)}, file)
    model = cutaway.load(tmp_path)
    assert_alike(model, GPT2LMHeadModel.from_pretrained(tmp_path).eval(), [3, 1, 4])
    assert (model.tensors["W_U"].declared.tied_to == "W_E") == same
    assert "lm_head" in str(model.run([3]).explain("W_U[0, 0]").origin)


def test_an_untied_head_needs_a_matrix(tmp_path: Path) -> None:
    saved(tmp_path, **CONFIGURATIONS["tied"])
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "tie_word_embeddings": False}))
    with pytest.raises(CutawayError, match=r"lm_head\.weight is missing"):
        cutaway.load(tmp_path)


@pytest.mark.parametrize("name", ["tied", "odd sizes"])
def test_origins_point_at_the_cell_in_the_file(name: str, tmp_path: Path) -> None:
    saved(tmp_path, **CONFIGURATIONS[name])
    model = cutaway.load(tmp_path)
    run, file = model.run([0, 1]), load_file(tmp_path / "model.safetensors")
    rng = np.random.default_rng(0)
    for tensor in model.tensors.values():
        if tensor.role != "weight":
            continue
        for _ in range(4):
            index = [int(rng.integers(0, n)) for n in tensor.shape({"tokens": 2})]
            found = run.explain(f"{tensor.name}[{', '.join(map(str, index))}]")
            assert found.origin is not None
            key, place = found.origin.removeprefix("model.safetensors: ").rstrip("]").split("[")
            assert float(file[key][tuple(map(int, place.split(", ")))]) == found.value, found.name


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"n_embd": 10, "n_head": 3}, "n_head = 3 is not supported; expected a divisor of n_embd = 10"),
        ({"n_layer": 0}, "n_layer = 0 is not supported; expected a positive whole number"),
        ({"n_embd": "8"}, "n_embd = '8' is not supported"),
        ({"vocab_size": True}, "vocab_size = True"),
        (
            {"activation_function": "tanhshrink"},
            "activation_function = 'tanhshrink' is not supported; expected one of gelu",
        ),
        ({"add_cross_attention": True}, "add_cross_attention = True is not supported; expected false"),
        ({"tie_word_embeddings": "yes"}, "tie_word_embeddings = 'yes' is not supported; expected true or false"),
        ({"layer_norm_epsilon": -1}, "layer_norm_epsilon = -1 is not supported; expected a number, zero or more"),
    ],
)
def test_configurations_that_are_not_supported(config: dict[str, Any], message: str) -> None:
    with pytest.raises(CutawayError, match=message):
        gpt2.define(config)
