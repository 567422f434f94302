"""Qwen3 with experts (Yang et al. 2025, arXiv:2505.09388), in all layers or in some of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama, qwen3
from cutaway.architectures.config import flag, option
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Axis
from cutaway.parts import HeadNorm, Scoring, gated, gated_mlp, routed_experts, softmax_router
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

EXPERT = "layers.*.mlp.experts.{e}"

CHECKPOINT: dict[str, Placed] = {
    **qwen3.CHECKPOINT,
    "blocks.*.mlp.W_router": Placed("layers.*.mlp.gate.weight", "e c -> c e"),
    "blocks.*.mlp.experts.W_gate": Placed(f"{EXPERT}.gate_proj.weight", "f c -> c f"),
    "blocks.*.mlp.experts.W_in": Placed(f"{EXPERT}.up_proj.weight", "f c -> c f"),
    "blocks.*.mlp.experts.W_out": Placed(f"{EXPERT}.down_proj.weight", "c f -> f c"),
}

DEFAULTS: dict[str, Any] = {
    **qwen3.DEFAULTS, "hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 24,
    "num_key_value_heads": 4, "head_dim": None, "moe_intermediate_size": 768, "num_experts": 128,
    "num_experts_per_tok": 8, "decoder_sparse_step": 1,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Qwen3-MoE ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "qwen3_moe", "Qwen3-MoE")
    key = "num_local_experts" if "num_local_experts" in config else "num_experts"
    experts = d.experts(key, feature=Axis("u", "feature", d.size("moe_intermediate_size")))
    activation, normalized = d.activation(), flag(d.config, "norm_topk_prob", False)

    def dense(m: Module, x: Tensor, block: Module) -> Tensor:
        return gated_mlp(m, x, feature=d.f, activation=activation, parent=block)

    def mixture(m: Module, x: Tensor, block: Module) -> Tensor:
        indices, weights = softmax_router(m, x, experts, normalized=normalized)
        part = m.module("experts", label="Experts", kind="experts")
        return routed_experts(part, x, experts, indices, weights, gate=gated(activation), into=(block, "mlp_out"))

    step, dense_only = d.size("decoder_sparse_step"), d.config.get("mlp_only_layers") or []
    if not isinstance(dense_only, list):
        raise option("mlp_only_layers", dense_only, "a list of layers")
    sparse = [i not in dense_only and (i + 1) % step == 0 for i in range(d.layers)]
    window = d.window() if flag(d.config, "use_sliding_window", False) else None
    bias = flag(d.config, "attention_bias", False)
    return llama.decoder(
        d,
        qkv_bias=bias,
        out_bias=bias,
        head_norm=HeadNorm(d.epsilon),
        scoring=[Scoring(window=window)] * d.layers,
        perceptrons=[mixture if s else dense for s in sparse],
    )
