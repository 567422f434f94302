"""Qwen3 (Yang et al. 2025, arXiv:2505.09388): Llama with queries and keys normalised head by head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama, qwen2
from cutaway.architectures.config import flag
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition
from cutaway.parts import HeadNorm
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

CHECKPOINT: dict[str, Placed] = {
    **llama.CHECKPOINT,
    "blocks.*.attn.q_norm.w": Placed("layers.*.self_attn.q_norm.weight", "a -> a"),
    "blocks.*.attn.k_norm.w": Placed("layers.*.self_attn.k_norm.weight", "a -> a"),
}

DEFAULTS: dict[str, Any] = {**qwen2.DEFAULTS, "head_dim": 128}


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Qwen3 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "qwen3", "Qwen3")
    bias = flag(d.config, "attention_bias", False)
    return llama.decoder(d, qkv_bias=bias, out_bias=bias, head_norm=HeadNorm(d.epsilon), scoring=qwen2.scoring(d))
