"""Mistral (Jiang et al. 2023, arXiv:2310.06825): Llama whose tokens look back through a sliding window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition
from cutaway.parts import Scoring

KEY_PREFIXES, CHECKPOINT = llama.KEY_PREFIXES, llama.CHECKPOINT

DEFAULTS: dict[str, Any] = {
    **llama.DEFAULTS, "intermediate_size": 14336, "num_key_value_heads": 8, "max_position_embeddings": 131072,
    "sliding_window": 4096,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Mistral ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "mistral", "Mistral")
    return llama.decoder(d, scoring=[Scoring(window=d.window())] * d.layers)
