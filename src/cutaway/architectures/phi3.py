"""Phi-3 (Abdin et al. 2024, arXiv:2404.14219): Llama with its projections fused in the checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import option
from cutaway.architectures.decoder import Decoder
from cutaway.architectures.sizes import rope_parameters
from cutaway.definition import Definition
from cutaway.parts import Scoring
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

QKV = "layers.*.self_attn.qkv_proj.weight"
"""All query heads, then all key heads, then all value heads."""
GATE_UP = "layers.*.mlp.gate_up_proj.weight"

CHECKPOINT: dict[str, Placed] = {
    **llama.CHECKPOINT,
    "blocks.*.attn.W_Q": Placed(QKV, "(h a) c -> h c a", within={"h": (0, "h g g")}),
    "blocks.*.attn.W_K": Placed(QKV, "(g a) c -> g c a", within={"g": (1, "h g g")}),
    "blocks.*.attn.W_V": Placed(QKV, "(g a) c -> g c a", within={"g": (2, "h g g")}),
    "blocks.*.mlp.W_gate": Placed(GATE_UP, "(two f) c -> two c f", {"two": (0, 2)}),
    "blocks.*.mlp.W_in": Placed(GATE_UP, "(two f) c -> two c f", {"two": (1, 2)}),
}
STRETCHED = ("longrope", "su", "yarn")

DEFAULTS: dict[str, Any] = {
    **llama.DEFAULTS, "vocab_size": 32064, "hidden_size": 3072, "intermediate_size": 8192, "rms_norm_eps": 1e-5,
    "max_position_embeddings": 4096, "original_max_position_embeddings": 4096, "sliding_window": None,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Phi-3 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    completed = {**DEFAULTS, **config}
    d = Decoder({**completed, "rope_scaling": None, "rope_parameters": _rope(completed)}, "phi3", "Phi-3")
    return llama.decoder(d, scoring=[Scoring(window=d.window())] * d.layers, partial=True)


def _rope(config: Mapping[str, Any]) -> dict[str, Any]:
    """The rotary parameters. This family stretches in one way only, which the first checkpoints call by other names."""
    given = rope_parameters(config)
    kind = given["rope_type"]
    if kind not in ("default", *STRETCHED):
        raise option("rope_type", kind, f"default or {STRETCHED[0]}")
    return {**given, "rope_type": kind if kind == "default" else STRETCHED[0]}
