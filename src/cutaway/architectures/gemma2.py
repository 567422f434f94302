"""Gemma 2 (Gemma team 2024, arXiv:2408.00118): norms before and after attention and MLP, soft-capped scores
and logits, and windows in every other layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cutaway.architectures import gemma, llama
from cutaway.architectures.config import flag, honour, number
from cutaway.architectures.decoder import Decoder
from cutaway.architectures.sizes import layer_types
from cutaway.definition import Definition
from cutaway.parts import HeadNorm, Rotary, Scoring, add, gated_mlp, project_heads, rms_norm, self_attention
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

CHECKPOINT: dict[str, Placed] = {
    **llama.CHECKPOINT,
    "blocks.*.ln1_post.w": Placed("layers.*.post_attention_layernorm.weight", "c -> c"),
    "blocks.*.ln2.w": Placed("layers.*.pre_feedforward_layernorm.weight", "c -> c"),
    "blocks.*.ln2_post.w": Placed("layers.*.post_feedforward_layernorm.weight", "c -> c"),
}

DEFAULTS: dict[str, Any] = {
    **gemma.DEFAULTS, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
    "num_attention_heads": 8, "num_key_value_heads": 4, "hidden_activation": "gelu_pytorch_tanh",
    "query_pre_attn_scalar": 256, "sliding_window": 4096, "attn_logit_softcapping": 50.0,
    "final_logit_softcapping": 30.0,
}  # fmt: skip

FULL, SLIDING = "full_attention", "sliding_attention"


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Gemma 2 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "gemma2", "Gemma 2")
    types = layer_types(d.config, [FULL if i % 2 else SLIDING for i in range(d.layers)])
    rotary = d.rotary()
    return decoder(d, types, {FULL: rotary, SLIDING: rotary})


def decoder(
    d: Decoder, types: Sequence[str], rotary: Mapping[str, Rotary], *, head_norm: HeadNorm | None = None
) -> Definition:
    """The decoder of Gemma 2 and 3: ``types`` says which layers have a window, ``rotary`` how each type turns."""
    honour(d.config, {"use_bidirectional_attention": False})
    bias, activation = flag(d.config, "attention_bias", False), d.activation("hidden_activation")
    embed = d.embed(factor=d.c.size**0.5)
    scorings = [scoring(d, window) for window in d.windows(types)]
    kinds = list(zip(scorings, [rotary[kind] for kind in types], strict=True))

    for (scores, turned), block, x in d.blocks(embed[d.t, d.c], kinds):
        ln1 = rms_norm(
            block.module("ln1", label="Norm before attention", kind="norm"), x, epsilon=d.epsilon, plus_one=True
        )
        attn = block.module("attn", label="Attention", kind="attention")
        z = self_attention(attn, ln1, d.heads, bias=bias, rotary=turned, norm=head_norm, scoring=scores)
        found = project_heads(attn, z, d.c, bias=bias)
        ln1_post = block.module("ln1_post", label="Norm after attention", kind="norm")
        attn_out = rms_norm(
            ln1_post,
            found,
            epsilon=d.epsilon,
            plus_one=True,
            into=(block, "attn_out"),
            label="normalized attention output",
        )
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")

        ln2 = rms_norm(block.module("ln2", label="Norm before MLP", kind="norm"), mid, epsilon=d.epsilon, plus_one=True)
        mlp = block.module("mlp", label="MLP", kind="mlp")
        made = gated_mlp(
            mlp,
            ln2,
            feature=d.f,
            activation=activation,
            parent=mlp,
            name="out",
            about="What the MLP found, before its norm.",
        )
        ln2_post = block.module("ln2_post", label="Norm after MLP", kind="norm")
        mlp_out = rms_norm(
            ln2_post, made, epsilon=d.epsilon, plus_one=True, into=(block, "mlp_out"), label="normalized MLP output"
        )
        add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.")

    final = d.root.module("ln_final", label="Final norm", kind="norm")
    ln_final = rms_norm(final, d.final, epsilon=d.epsilon, plus_one=True)
    return d.predict(ln_final, cap=cap(d, "final_logit_softcapping"))


def scoring(d: Decoder, window: int | None) -> Scoring:
    """How a layer with that window scores."""
    return Scoring(
        divisor=number(d.config, "query_pre_attn_scalar", 256),
        cap=cap(d, "attn_logit_softcapping"),
        window=window,
    )


def cap(d: Decoder, key: str) -> float | None:
    """A soft cap of the configuration; none if it is null."""
    return None if d.config.get(key) is None else number(d.config, key, 0.0)
