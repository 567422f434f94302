"""Mixtral (Jiang et al. 2024, arXiv:2401.04088): Mistral with eight experts for an MLP, two for each token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama, mistral
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition, Module, Tensor
from cutaway.parts import Scoring, gated, routed_experts, softmax_router
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

EXPERT = "layers.*.block_sparse_moe.experts.{e}"

CHECKPOINT: dict[str, Placed] = {
    **llama.CHECKPOINT,
    "blocks.*.mlp.W_router": Placed("layers.*.block_sparse_moe.gate.weight", "e c -> c e"),
    "blocks.*.mlp.experts.W_gate": Placed(f"{EXPERT}.w1.weight", "f c -> c f"),
    "blocks.*.mlp.experts.W_in": Placed(f"{EXPERT}.w3.weight", "f c -> c f"),
    "blocks.*.mlp.experts.W_out": Placed(f"{EXPERT}.w2.weight", "c f -> f c"),
}

DEFAULTS: dict[str, Any] = {
    **mistral.DEFAULTS, "rms_norm_eps": 1e-5, "rope_theta": 1e6, "sliding_window": None, "num_local_experts": 8,
    "num_experts_per_tok": 2,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Mixtral ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "mixtral", "Mixtral", {"num_experts": "num_local_experts"})
    experts, activation = d.experts("num_local_experts", feature=d.f), d.activation()

    def mixture(m: Module, x: Tensor, block: Module) -> Tensor:
        indices, weights = softmax_router(m, x, experts, normalized=True)
        part = m.module("experts", label="Experts", kind="experts")
        return routed_experts(part, x, experts, indices, weights, gate=gated(activation), into=(block, "mlp_out"))

    return llama.decoder(d, scoring=[Scoring(window=d.window())] * d.layers, perceptrons=[mixture] * d.layers)
