"""Granite 3 (IBM 2024): Llama with multipliers for embeddings, scores, what is added to the stream, and logits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import flag, number, option
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition
from cutaway.parts import Scoring

KEY_PREFIXES, CHECKPOINT = llama.KEY_PREFIXES, llama.CHECKPOINT

DEFAULTS: dict[str, Any] = llama.DEFAULTS


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Granite ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "granite", "Granite")
    bias = flag(d.config, "attention_bias", False)
    divisor = number(d.config, "logits_scaling", 1.0)
    if not divisor:
        raise option("logits_scaling", divisor, "a number above zero")
    return llama.decoder(
        d,
        qkv_bias=bias,
        out_bias=bias,
        mlp_bias=flag(d.config, "mlp_bias", False),
        scoring=[Scoring(scaled=False, factor=number(d.config, "attention_multiplier", 1.0))] * d.layers,
        multipliers=llama.Multipliers(
            embedding=number(d.config, "embedding_multiplier", 1.0),
            added=number(d.config, "residual_multiplier", 1.0),
            logits=1 / divisor,
        ),
    )
