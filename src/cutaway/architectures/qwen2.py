"""Qwen2 (Yang et al. 2024, arXiv:2407.10671): Llama with biases on queries, keys and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import count, flag, option
from cutaway.architectures.decoder import Decoder
from cutaway.architectures.sizes import layer_types
from cutaway.definition import Definition
from cutaway.parts import Scoring

KEY_PREFIXES, CHECKPOINT = llama.KEY_PREFIXES, llama.CHECKPOINT

DEFAULTS: dict[str, Any] = {
    **llama.DEFAULTS, "vocab_size": 151936, "intermediate_size": 22016, "num_key_value_heads": 32,
    "max_position_embeddings": 32768, "use_sliding_window": False, "sliding_window": 4096, "max_window_layers": 28,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Qwen2 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "qwen2", "Qwen2")
    return llama.decoder(d, qkv_bias=True, scoring=scoring(d))


def scoring(d: Decoder) -> list[Scoring]:
    """For each layer how far it looks back: the upper layers may have a window."""
    windowed, first = flag(d.config, "use_sliding_window", False), count(d.config, "max_window_layers", 28)
    upper = windowed and d.config.get("sliding_window") is not None
    kinds = ["sliding_attention" if upper and i >= first else "full_attention" for i in range(d.layers)]
    types = layer_types(d.config, kinds)
    if "sliding_attention" in types and not windowed:
        raise option("use_sliding_window", False, "true, as there are layers of type sliding_attention")
    return [Scoring(window=window) for window in d.windows(types)]
