"""GPT-NeoX (Black et al. 2022, arXiv:2204.06745) and Pythia: attention and MLP side by side, both reading the
stream as it enters the layer, and rotary positions on part of each head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures.config import flag, honour, number
from cutaway.architectures.decoder import Decoder
from cutaway.architectures.sizes import rope_parameters
from cutaway.definition import Definition
from cutaway.parts import add, layer_norm, mlp, project_heads, self_attention
from cutaway.placement import Placed

KEY_PREFIXES = ("gpt_neox.", "")

QKV = "layers.*.attention.query_key_value"
"""For each head its query, its key and its value."""

CHECKPOINT: dict[str, Placed] = {
    "W_E": Placed("embed_in.weight", "v c -> v c"),
    "blocks.*.ln1.w": Placed("layers.*.input_layernorm.weight", "c -> c"),
    "blocks.*.ln1.b": Placed("layers.*.input_layernorm.bias", "c -> c"),
    "blocks.*.ln2.w": Placed("layers.*.post_attention_layernorm.weight", "c -> c"),
    "blocks.*.ln2.b": Placed("layers.*.post_attention_layernorm.bias", "c -> c"),
    **{
        f"blocks.*.attn.{w}_{x}": Placed(f"{QKV}.{key}", pattern, {"qkv": (i, 3)})
        for i, x in enumerate("QKV")
        for w, key, pattern in (("W", "weight", "(h qkv a) c -> qkv h c a"), ("b", "bias", "(h qkv a) -> qkv h a"))
    },
    "blocks.*.attn.W_O": Placed("layers.*.attention.dense.weight", "c (h a) -> h a c"),
    "blocks.*.attn.b_O": Placed("layers.*.attention.dense.bias", "c -> c"),
    "blocks.*.mlp.W_in": Placed("layers.*.mlp.dense_h_to_4h.weight", "f c -> c f"),
    "blocks.*.mlp.b_in": Placed("layers.*.mlp.dense_h_to_4h.bias", "f -> f"),
    "blocks.*.mlp.W_out": Placed("layers.*.mlp.dense_4h_to_h.weight", "c f -> f c"),
    "blocks.*.mlp.b_out": Placed("layers.*.mlp.dense_4h_to_h.bias", "c -> c"),
    "ln_final.w": Placed("final_layer_norm.weight", "c -> c"),
    "ln_final.b": Placed("final_layer_norm.bias", "c -> c"),
    "W_U": Placed("embed_out.weight", "v c -> c v"),
}

OWN_NAMES = {"rope_theta": "rotary_emb_base", "partial_rotary_factor": "rotary_pct"}
"""What older configurations call the rotary parameters."""

DEFAULTS: dict[str, Any] = {
    "vocab_size": 50432, "hidden_size": 6144, "intermediate_size": 24576, "num_hidden_layers": 44,
    "num_attention_heads": 64, "max_position_embeddings": 2048, "hidden_act": "gelu", "layer_norm_eps": 1e-5,
    "tie_word_embeddings": False,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a GPT-NeoX ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "gpt_neox", "GPT-NeoX")
    epsilon = number(d.config, "layer_norm_eps", 1e-5)
    bias, parallel = flag(d.config, "attention_bias", True), flag(d.config, "use_parallel_residual", True)
    honour(d.config, {"head_dim": d.own_heads.channel.size})
    rotary = d.rotary(_rope(config), heads=d.own_heads, partial=True)
    embed = d.embed()

    for _, block, x in d.blocks(embed[d.t, d.c]):
        ln1 = layer_norm(block.module("ln1", label="Norm before attention", kind="norm"), x, epsilon=epsilon)
        attn = block.module("attn", label="Attention", kind="attention")
        z = self_attention(attn, ln1, d.own_heads, bias=bias, rotary=rotary)
        attn_out = project_heads(attn, z, d.c, bias=bias, into=(block, "attn_out"))
        if not parallel:
            x = add(block, "resid_mid", x, attn_out, about="The stream after attention.")

        ln2 = layer_norm(block.module("ln2", label="Norm before MLP", kind="norm"), x, epsilon=epsilon)
        perceptron = block.module("mlp", label="MLP", kind="mlp")
        mlp_out = mlp(perceptron, ln2, feature=d.f, activation=d.activation(), parent=block)
        if parallel:
            add(block, "resid_post", x, attn_out, mlp_out, about="The stream after attention and MLP.")
        else:
            add(block, "resid_post", x, mlp_out, about="The stream after the MLP.")

    final = d.root.module("ln_final", label="Final layer norm", kind="norm")
    return d.predict(layer_norm(final, d.final, epsilon=epsilon))


def _rope(config: Mapping[str, Any]) -> dict[str, Any]:
    """The rotary parameters. Beside them only the family's own names count; others must not contradict."""
    usual = {**config, "rope_theta": None, "partial_rotary_factor": None}
    own = {
        key: number(config, name, default) for (key, name), default in zip(OWN_NAMES.items(), (1e4, 0.25), strict=True)
    }
    given = {**own, **rope_parameters(usual)}
    honour(config, {key: given[key] for key in OWN_NAMES})
    return given
