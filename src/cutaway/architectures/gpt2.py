"""The GPT-2 family (Radford et al. 2019): learned positions, pre-norm blocks, GELU, causal attention.

Also minGPT's models, which differ in nothing but sizes and an untied head.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures.config import flag, honour, number
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition
from cutaway.formula import Axis
from cutaway.parts import Scoring, add, layer_norm, mlp, project_heads, self_attention
from cutaway.placement import Placed

KEY_PREFIXES = ("", "transformer.")

CHECKPOINT: dict[str, Placed] = {
    "W_E": Placed("wte.weight", "v c -> v c"),
    "W_pos": Placed("wpe.weight", "p c -> p c"),
    **{
        f"blocks.*.{ours}.{p}": Placed(f"h.*.{theirs}.{key}", "c -> c")
        for ours, theirs in (("ln1", "ln_1"), ("ln2", "ln_2"))
        for p, key in (("w", "weight"), ("b", "bias"))
    },
    **{
        f"blocks.*.attn.{w}_{x}": Placed(f"h.*.attn.c_attn.{key}", pattern, {"qkv": (i, 3)})
        for i, x in enumerate("QKV")
        for w, key, pattern in (("W", "weight", "c (qkv h a) -> qkv h c a"), ("b", "bias", "(qkv h a) -> qkv h a"))
    },
    "blocks.*.attn.W_O": Placed("h.*.attn.c_proj.weight", "(h a) c -> h a c"),
    "blocks.*.attn.b_O": Placed("h.*.attn.c_proj.bias", "c -> c"),
    "blocks.*.mlp.W_in": Placed("h.*.mlp.c_fc.weight", "c f -> c f"),
    "blocks.*.mlp.b_in": Placed("h.*.mlp.c_fc.bias", "f -> f"),
    "blocks.*.mlp.W_out": Placed("h.*.mlp.c_proj.weight", "f c -> f c"),
    "blocks.*.mlp.b_out": Placed("h.*.mlp.c_proj.bias", "c -> c"),
    "ln_final.w": Placed("ln_f.weight", "c -> c"),
    "ln_final.b": Placed("ln_f.bias", "c -> c"),
    "W_U": Placed("lm_head.weight", "v c -> c v"),
}


NAMES = {
    "hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head",
    "max_position_embeddings": "n_positions",
}  # fmt: skip

DEFAULTS: dict[str, Any] = {
    "vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "n_inner": None,
    "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False, "tie_word_embeddings": True,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a GPT-2 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "gpt2", "GPT-2", NAMES)
    honour(d.config, {"add_cross_attention": False})
    epsilon, activation = number(d.config, "layer_norm_epsilon", 1e-5), d.activation("activation_function")
    feature = Axis("f", "feature", d.size("n_inner", 4 * d.c.size))
    embed, pos_embed = d.embed(), d.embed_positions()

    for scoring, block, x in d.blocks(embed[d.t, d.c] + pos_embed[d.t, d.c], _scoring(d)):
        ln1 = layer_norm(block.module("ln1", label="Norm before attention", kind="norm"), x, epsilon=epsilon)
        attn = block.module("attn", label="Attention", kind="attention")
        z = self_attention(attn, ln1, d.own_heads, bias=True, scoring=scoring)
        attn_out = project_heads(attn, z, d.c, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")

        ln2 = layer_norm(block.module("ln2", label="Norm before MLP", kind="norm"), mid, epsilon=epsilon)
        perceptron = block.module("mlp", label="MLP", kind="mlp")
        mlp_out = mlp(perceptron, ln2, feature=feature, activation=activation, parent=block)
        add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.")

    final = d.root.module("ln_final", label="Final layer norm", kind="norm")
    return d.predict(layer_norm(final, d.final, epsilon=epsilon))


def _scoring(d: Decoder) -> list[Scoring]:
    """For each layer how it scores: some models divide by the number of the layer too, the first being 1."""
    scaled = flag(d.config, "scale_attn_weights", True)
    by_layer = flag(d.config, "scale_attn_by_inverse_layer_idx", False)
    return [Scoring(scaled=scaled, factor=1 / (i + 1) if by_layer else 1.0) for i in range(d.layers)]
