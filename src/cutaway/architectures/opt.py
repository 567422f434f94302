"""OPT (Zhang et al. 2022, arXiv:2205.01068): learned positions, ReLU; one size of it normalises after
attention and MLP instead of before, and has embeddings narrower than the stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cutaway.architectures.config import flag
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition, Module, Reference, Tensor
from cutaway.formula import Axis, Expr
from cutaway.parts import add, layer_norm, linear, mlp, project_heads, self_attention
from cutaway.placement import Placed

KEY_PREFIXES = ("model.decoder.", "decoder.", "")

EPSILON = 1e-5
OFFSET = 2
"""The first positions of the table are not used."""

CHECKPOINT: dict[str, Placed] = {
    "W_E": Placed("embed_tokens.weight", "v c -> v c"),
    "W_pos": Placed("embed_positions.weight", "p c -> p c"),
    "W_project_in": Placed("project_in.weight", "c d -> d c"),
    "W_project_out": Placed("project_out.weight", "d c -> c d"),
    **{
        f"blocks.*.{ours}.{p}": Placed(f"layers.*.{theirs}.{key}", "c -> c")
        for ours, theirs in (("ln1", "self_attn_layer_norm"), ("ln2", "final_layer_norm"))
        for p, key in (("w", "weight"), ("b", "bias"))
    },
    **{
        f"blocks.*.attn.{w}_{x}": Placed(f"layers.*.self_attn.{x.lower()}_proj.{key}", pattern)
        for x in "QKV"
        for w, key, pattern in (("W", "weight", "(h a) c -> h c a"), ("b", "bias", "(h a) -> h a"))
    },
    "blocks.*.attn.W_O": Placed("layers.*.self_attn.out_proj.weight", "c (h a) -> h a c"),
    "blocks.*.attn.b_O": Placed("layers.*.self_attn.out_proj.bias", "c -> c"),
    "blocks.*.mlp.W_in": Placed("layers.*.fc1.weight", "f c -> c f"),
    "blocks.*.mlp.b_in": Placed("layers.*.fc1.bias", "f -> f"),
    "blocks.*.mlp.W_out": Placed("layers.*.fc2.weight", "c f -> f c"),
    "blocks.*.mlp.b_out": Placed("layers.*.fc2.bias", "c -> c"),
    "ln_final.w": Placed("final_layer_norm.weight", "c -> c"),
    "ln_final.b": Placed("final_layer_norm.bias", "c -> c"),
    "W_U": Placed("lm_head.weight", "v c -> c v"),
}

DEFAULTS: dict[str, Any] = {
    "vocab_size": 50272, "hidden_size": 768, "ffn_dim": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
    "max_position_embeddings": 2048, "activation_function": "relu", "word_embed_proj_dim": None,
    "tie_word_embeddings": True,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for an OPT ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "opt", "OPT")
    before, bias = flag(d.config, "do_layer_norm_before", True), flag(d.config, "enable_bias", True)
    affine = flag(d.config, "layer_norm_elementwise_affine", True)
    f = Axis("f", "feature", d.size("ffn_dim"))
    narrow = d.size("word_embed_proj_dim", d.c.size)
    width = d.c if narrow == d.c.size else Axis("d", "latent", narrow)
    entering = _embed(d, width)

    def norm(m: Module, name: str, label: str, x: Tensor | Reference, into: tuple[Module, str] | None = None) -> Tensor:
        part = m.module(name, label=label, kind="norm")
        return layer_norm(part, x, epsilon=EPSILON, affine=affine, into=into)

    for _, block, x in d.blocks(entering):
        attended = norm(block, "ln1", "Norm before attention", x) if before else x
        attn = block.module("attn", label="Attention", kind="attention")
        z = self_attention(attn, attended, d.own_heads, bias=bias)
        attn_out = project_heads(attn, z, d.c, bias=bias, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")
        read = norm(block, "ln2", "Norm before MLP", mid) if before else norm(block, "ln1", "Norm after attention", mid)

        perceptron = block.module("mlp", label="MLP", kind="mlp")
        activation = d.activation("activation_function")
        mlp_out = mlp(perceptron, read, feature=f, activation=activation, parent=block, bias=bias)
        if before:
            add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.")
        else:
            total = add(block, "resid_total", read, mlp_out, about="The stream after the MLP, before its norm.")
            norm(block, "ln2", "Norm after MLP", total, into=(block, "resid_post"))

    x: Tensor | Reference = d.final
    if before and not flag(d.config, "_remove_final_layer_norm", False):
        x = norm(d.root, "ln_final", "Final norm", x)
    return d.predict(x if width is d.c else _narrowed(d, x, width))


def _embed(d: Decoder, width: Axis) -> Expr:
    """What enters the first layer: the token's row, widened if the table is narrower, plus the position's row."""
    root, t, c = d.root, d.t, d.c
    embed = d.embed(width=width)
    if width is not c:
        w_in = root.weight(
            "W_project_in",
            [width, c],
            label="widening weights",
            latex=r"W^{\mathrm{wide}}",
            about="Bring the rows of the table into the width of the stream.",
        )
        embed = root.activation(
            "embed_wide",
            [t, c],
            linear(embed[t, width], [width], w_in[width, c]),
            label="widened tokens",
            about="The embedded tokens in the width of the stream.",
        )
    pos_embed = d.embed_positions(skipped=OFFSET)
    return embed[t, c] + pos_embed[t, c]


def _narrowed(d: Decoder, x: Tensor | Reference, width: Axis) -> Tensor:
    """The stream in the width of the embedding table, for a head that is that table."""
    w_out = d.root.weight(
        "W_project_out",
        [d.c, width],
        label="narrowing weights",
        latex=r"W^{\mathrm{narrow}}",
        about="Bring the stream into the width of the embedding table.",
    )
    return d.root.activation(
        "narrowed",
        [d.t, width],
        linear(x[d.t, d.c], [d.c], w_out[d.c, width]),
        label="narrowed stream",
        about="The stream in the width of the embedding table.",
    )
