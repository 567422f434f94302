"""gpt-oss (OpenAI 2025, arXiv:2508.10925): experts with a clamped gate, attention sinks, and a window in every
other layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import flag, number
from cutaway.architectures.decoder import Decoder
from cutaway.architectures.sizes import layer_types
from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Cell, Expr, maximum, minimum
from cutaway.parts import Scoring, routed_experts, sigmoid, top_softmax_router
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

EXPERTS = "layers.*.mlp.experts"
"""Of each expert's hidden units gate and value stand next to one another."""

CHECKPOINT: dict[str, Placed] = {
    **llama.CHECKPOINT,
    "blocks.*.attn.sinks": Placed("layers.*.self_attn.sinks", "h -> h"),
    "blocks.*.mlp.W_router": Placed("layers.*.mlp.router.weight", "e c -> c e"),
    "blocks.*.mlp.b_router": Placed("layers.*.mlp.router.bias", "e -> e"),
    **{
        f"blocks.*.mlp.experts.{w}_{ours}": Placed(f"{EXPERTS}.gate_up_proj{key}", pattern, {"two": (part, 2)})
        for part, ours in enumerate(("gate", "in"))
        for w, key, pattern in (("W", "", "e c (f two) -> two e c f"), ("b", "_bias", "e (f two) -> two e f"))
    },
    "blocks.*.mlp.experts.W_out": Placed(f"{EXPERTS}.down_proj", "e f c -> e f c"),
    "blocks.*.mlp.experts.b_out": Placed(f"{EXPERTS}.down_proj_bias", "e c -> e c"),
}

ROPE: dict[str, Any] = {
    "rope_type": "yarn", "factor": 32.0, "beta_fast": 32.0, "beta_slow": 1.0, "truncate": False,
    "original_max_position_embeddings": 4096,
}  # fmt: skip

DEFAULTS: dict[str, Any] = {
    "vocab_size": 201088, "hidden_size": 2880, "intermediate_size": 2880, "num_hidden_layers": 36,
    "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64, "max_position_embeddings": 131072,
    "rms_norm_eps": 1e-5, "sliding_window": 128, "num_local_experts": 128, "num_experts_per_tok": 4,
    "rope_theta": 150000.0, "hidden_act": "silu", "tie_word_embeddings": False,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a gpt-oss ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    rope = config.get("rope_parameters") or ROPE
    d = Decoder(
        {**DEFAULTS, **config, "rope_parameters": rope}, "gpt_oss", "gpt-oss", {"num_experts": "num_local_experts"}
    )
    bias = flag(d.config, "attention_bias", True)
    types = layer_types(d.config, ["full_attention" if i % 2 else "sliding_attention" for i in range(d.layers)])
    gate = clamped(alpha=number(d.config, "swiglu_alpha", 1.702), limit=number(d.config, "swiglu_limit", 7.0))
    experts = d.experts("num_local_experts", feature=d.f)

    def mixture(m: Module, x: Tensor, block: Module) -> Tensor:
        indices, weights = top_softmax_router(m, x, experts, bias=True)
        part = m.module("experts", label="Experts", kind="experts")
        return routed_experts(part, x, experts, indices, weights, gate=gate, into=(block, "mlp_out"), bias=True)

    return llama.decoder(
        d,
        qkv_bias=bias,
        out_bias=bias,
        scoring=[Scoring(window=window, sinks=True) for window in d.windows(types)],
        perceptrons=[mixture] * d.layers,
    )


def clamped(*, alpha: float, limit: float) -> Callable[[Cell, Cell], Expr]:
    """The gate of gpt-oss: both halves clamped, a steeper sigmoid, and one added to the value."""

    def gate(pre: Cell, pre_linear: Cell) -> Expr:
        opened = minimum(pre, limit)
        return (maximum(minimum(pre_linear, limit), -limit) + 1.0) * (opened * sigmoid(opened * alpha))

    return gate
