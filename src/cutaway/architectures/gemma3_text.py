"""Gemma 3, its text model (Gemma team 2025, arXiv:2503.19786): Gemma 2 with normalised queries and keys in
place of soft caps, five layers with a window for one without, and faster rotary angles in the former."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import gemma2
from cutaway.architectures.config import honour, integer, mapping, number
from cutaway.architectures.decoder import Decoder
from cutaway.architectures.gemma2 import FULL, SLIDING
from cutaway.architectures.sizes import layer_types
from cutaway.definition import Definition
from cutaway.parts import HeadNorm
from cutaway.placement import Placed

KEY_PREFIXES = gemma2.KEY_PREFIXES

CHECKPOINT: dict[str, Placed] = {
    **gemma2.CHECKPOINT,
    "blocks.*.attn.q_norm.w": Placed("layers.*.self_attn.q_norm.weight", "a -> a"),
    "blocks.*.attn.k_norm.w": Placed("layers.*.self_attn.k_norm.weight", "a -> a"),
}

DEFAULTS: dict[str, Any] = {
    **gemma2.DEFAULTS, "vocab_size": 262208, "max_position_embeddings": 131072, "attn_logit_softcapping": None,
    "final_logit_softcapping": None,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Gemma 3 text ``config.json``. Raises ``CheckpointError`` for what it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "gemma3_text", "Gemma 3")
    honour(config, {"attn_logit_softcapping": None, "partial_rotary_factor": 1.0})  # Transformers leaves them out
    every = integer(config, "sliding_window_pattern", integer(config, "_sliding_window_pattern", 6))
    types = layer_types(d.config, [SLIDING if (i + 1) % every else FULL for i in range(d.layers)])
    angles = rope_parameters(config)
    turned = {
        kind: d.rotary(angles[kind], name=name, label=label)
        for kind, name, label in (
            (FULL, "rotary", "Rotary positions"),
            (SLIDING, "rotary_local", "Rotary positions, local"),
        )
        if kind in types
    }
    return gemma2.decoder(d, types, turned, head_norm=HeadNorm(d.epsilon, plus_one=True))


def rope_parameters(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The rotary parameters of each type of layer, also as older configurations write them."""
    given, scaling = mapping(config, "rope_parameters"), mapping(config, "rope_scaling")
    full = {"rope_theta": number(config, "rope_theta", 1e6), **mapping(given, FULL), **scaling}
    sliding = {"rope_theta": number(config, "rope_local_base_freq", 1e4), **mapping(given, SLIDING)}
    for angles in (full, sliding):
        angles.setdefault("rope_type", angles.get("type") or "default")
        honour(angles, {"truncate": True})  # Transformers reads it elsewhere when there are two
    return {FULL: full, SLIDING: sliding}
