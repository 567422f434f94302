"""Gemma (Gemma team 2024, arXiv:2403.08295): Llama with scaled embeddings, norm weights that are stored as
their distance from 1, heads wider than the stream's share, and a GELU gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import flag, honour
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition
from cutaway.parts import add, gated_mlp, project_heads, rms_norm, self_attention

KEY_PREFIXES, CHECKPOINT = llama.KEY_PREFIXES, llama.CHECKPOINT

DEFAULTS: dict[str, Any] = {
    **llama.DEFAULTS, "vocab_size": 256000, "hidden_size": 3072, "intermediate_size": 24576, "num_hidden_layers": 28,
    "num_attention_heads": 16, "num_key_value_heads": 16, "head_dim": 256, "hidden_act": "gelu_pytorch_tanh",
    "max_position_embeddings": 8192, "tie_word_embeddings": True,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Gemma ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "gemma", "Gemma")
    honour(d.config, {"use_bidirectional_attention": False})
    bias = flag(d.config, "attention_bias", False)
    activation = d.activation()
    if activation == "gelu":  # what the first checkpoints say; the tanh form is meant and computed
        activation = "gelu_pytorch_tanh"
    rotary = d.rotary()
    embed = d.embed(factor=d.c.size**0.5)

    for _, block, x in d.blocks(embed[d.t, d.c]):
        ln1 = rms_norm(
            block.module("ln1", label="Norm before attention", kind="norm"), x, epsilon=d.epsilon, plus_one=True
        )
        attn = block.module("attn", label="Attention", kind="attention")
        z = self_attention(attn, ln1, d.heads, bias=bias, rotary=rotary)
        attn_out = project_heads(attn, z, d.c, bias=bias, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")

        ln2 = rms_norm(block.module("ln2", label="Norm before MLP", kind="norm"), mid, epsilon=d.epsilon, plus_one=True)
        mlp = block.module("mlp", label="MLP", kind="mlp")
        mlp_out = gated_mlp(mlp, ln2, feature=d.f, activation=activation, parent=block)
        add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.")

    final = d.root.module("ln_final", label="Final norm", kind="norm")
    return d.predict(rms_norm(final, d.final, epsilon=d.epsilon, plus_one=True))
