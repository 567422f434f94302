"""OLMo 2 (OLMo team 2024, arXiv:2501.00656): norms after attention and MLP instead of before them, and
queries and keys normalised over all heads together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import flag
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition
from cutaway.parts import HeadNorm, add, gated_mlp, project_heads, rms_norm, self_attention
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

CHECKPOINT: dict[str, Placed] = {
    **llama.CHECKPOINT,
    "blocks.*.ln1_post.w": Placed("layers.*.post_attention_layernorm.weight", "c -> c"),
    "blocks.*.ln2_post.w": Placed("layers.*.post_feedforward_layernorm.weight", "c -> c"),
    "blocks.*.attn.q_norm.w": Placed("layers.*.self_attn.q_norm.weight", "(h a) -> h a"),
    "blocks.*.attn.k_norm.w": Placed("layers.*.self_attn.k_norm.weight", "(g a) -> g a"),
}

DEFAULTS: dict[str, Any] = {**llama.DEFAULTS, "vocab_size": 50304, "rms_norm_eps": 1e-5}


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for an OLMo 2 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "olmo2", "OLMo 2")
    bias = flag(d.config, "attention_bias", False)
    rotary = d.rotary()
    embed = d.embed()

    for _, block, x in d.blocks(embed[d.t, d.c]):
        attn = block.module("attn", label="Attention", kind="attention")
        norm = HeadNorm(d.epsilon, together=True)
        z = self_attention(attn, x, d.heads, bias=bias, rotary=rotary, norm=norm)
        found = project_heads(attn, z, d.c, bias=bias)
        ln1 = block.module("ln1_post", label="Norm after attention", kind="norm")
        attn_out = rms_norm(
            ln1, found, epsilon=d.epsilon, into=(block, "attn_out"), label="normalized attention output"
        )
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")

        mlp = block.module("mlp", label="MLP", kind="mlp")
        made = gated_mlp(
            mlp,
            mid,
            feature=d.f,
            activation=d.activation(),
            parent=mlp,
            name="out",
            about="What the MLP found, before its norm.",
        )
        ln2 = block.module("ln2_post", label="Norm after MLP", kind="norm")
        mlp_out = rms_norm(ln2, made, epsilon=d.epsilon, into=(block, "mlp_out"), label="normalized MLP output")
        add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.")

    ln_final = rms_norm(d.root.module("ln_final", label="Final norm", kind="norm"), d.final, epsilon=d.epsilon)
    return d.predict(ln_final)
