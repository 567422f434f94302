"""SmolLM3 (Bakouch et al. 2025): Llama in which every fourth layer does without positions (NoPE, Yang et al. 2025,
arXiv:2501.18795)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import flag, option
from cutaway.architectures.decoder import Decoder
from cutaway.architectures.sizes import layer_types
from cutaway.definition import Definition
from cutaway.parts import Scoring

KEY_PREFIXES, CHECKPOINT = llama.KEY_PREFIXES, llama.CHECKPOINT

DEFAULTS: dict[str, Any] = {
    **llama.DEFAULTS, "vocab_size": 128256, "hidden_size": 2048, "num_hidden_layers": 36, "num_attention_heads": 16,
    "num_key_value_heads": 4, "max_position_embeddings": 32768, "rope_theta": 2e6, "tie_word_embeddings": True,
    "no_rope_layer_interval": 4,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a SmolLM3 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "smollm3", "SmolLM3")
    turned = _turned(d)
    windowed = flag(d.config, "use_sliding_window", False) and d.config.get("sliding_window") is not None
    otherwise = ["sliding_attention" if windowed and not turns else "full_attention" for turns in turned]
    types = layer_types(d.config, otherwise)
    bias = flag(d.config, "attention_bias", False)
    return llama.decoder(
        d,
        qkv_bias=bias,
        out_bias=bias,
        mlp_bias=flag(d.config, "mlp_bias", False),
        scoring=[Scoring(window=window) for window in d.windows(types)],
        turned=turned,
    )


def _turned(d: Decoder) -> list[bool]:
    """For each layer whether queries and keys are turned by their position."""
    step, given = d.size("no_rope_layer_interval"), d.config.get("no_rope_layers")
    if given is None:
        return [(i + 1) % step != 0 for i in range(d.layers)]
    if not isinstance(given, list) or len(given) < d.layers or any(x not in (0, 1) for x in given):
        raise option("no_rope_layers", given, f"a list of {d.layers} times 0 or 1, one for each layer")
    return [bool(x) for x in given[: d.layers]]
