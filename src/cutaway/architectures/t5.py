"""T5 (Raffel et al. 2019, arXiv:1910.10683): an encoder reads the prompt, a decoder writes the answer and looks
back at what the encoder made of the prompt. Positions count only relative to one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cutaway.architectures.config import count, flag, honour, number, option
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition, Module, Reference, Tensor
from cutaway.formula import Axis
from cutaway.parts import (
    ACTIVATIONS,
    Heads,
    Scoring,
    add,
    gated_mlp,
    mlp,
    project_heads,
    relative_bias,
    rms_norm,
    self_attention,
)
from cutaway.placement import Placed

KEY_PREFIXES = ("", "transformer.")

ATTENTION = (("encoder", "attn", 0, "SelfAttention"), ("decoder", "attn", 0, "SelfAttention"),
             ("decoder", "cross_attn", 1, "EncDecAttention"))  # fmt: skip
NORMS = (
    ("encoder", "ln1", 0),
    ("encoder", "ln2", 1),
    ("decoder", "ln1", 0),
    ("decoder", "ln2", 1),
    ("decoder", "ln3", 2),
)
MLP = (("encoder", 1), ("decoder", 2))

CHECKPOINT: dict[str, Placed] = {
    "W_E": Placed("shared.weight", "v c -> v c", also="encoder.embed_tokens.weight"),
    **{
        f"{stack}.*.{ours}.W_{x.upper()}": Placed(f"{stack}.block.*.layer.{i}.{theirs}.{x}.weight", "(h a) c -> h c a")
        for stack, ours, i, theirs in ATTENTION
        for x in "qkv"
    },
    **{
        f"{stack}.*.{ours}.W_O": Placed(f"{stack}.block.*.layer.{i}.{theirs}.o.weight", "c (h a) -> h a c")
        for stack, ours, i, theirs in ATTENTION
    },
    **{f"{stack}.*.{ln}.w": Placed(f"{stack}.block.*.layer.{i}.layer_norm.weight", "c -> c") for stack, ln, i in NORMS},
    **{
        f"{stack}.*.mlp.{ours}": Placed(
            f"{stack}.block.*.layer.{i}.DenseReluDense.{theirs}.weight", pattern, also=other
        )
        for stack, i in MLP
        for ours, theirs, pattern, other in (
            ("W_in", "wi", "f c -> c f", f"{stack}.block.*.layer.{i}.DenseReluDense.wi_1.weight"),
            ("W_gate", "wi_0", "f c -> c f", None),
            ("W_out", "wo", "c f -> f c", None),
        )
    },
    **{f"{stack}_final_ln.w": Placed(f"{stack}.final_layer_norm.weight", "c -> c") for stack, _ in MLP},
    **{
        f"{stack}_rel_pos.W": Placed(
            f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight", "b h -> b h"
        )
        for stack, _ in MLP
    },
    "W_U": Placed("lm_head.weight", "v c -> c v", also="shared.weight"),
}

COPIES = {f"{stack}.embed_tokens.weight": "shared.weight" for stack in ("encoder", "decoder")}
"""Keys under which some checkpoints hold the token embedding once more."""

DEFAULTS: dict[str, Any] = {
    "vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_decoder_layers": None,
    "num_heads": 8, "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
    "layer_norm_epsilon": 1e-6, "feed_forward_proj": "relu", "n_positions": 512, "tie_word_embeddings": True,
}  # fmt: skip

NAMES = {
    "hidden_size": "d_model", "num_hidden_layers": "num_layers", "num_attention_heads": "num_heads",
    "head_dim": "d_kv", "max_position_embeddings": "n_positions",
}  # fmt: skip


@dataclass
class EncoderDecoder(Decoder):
    """The frame of T5: two kinds of tokens, and heads that need not share the width of the stream."""

    @cached_property
    def f(self) -> Axis:
        return Axis("f", "feature", self.size("d_ff"))

    @cached_property
    def u(self) -> Axis:
        """The tokens of the decoder."""
        return Axis("u", "output token", self.context, length_of="decoder_tokens")

    @cached_property
    def r(self) -> Axis:
        """The tokens of the decoder that are attended to."""
        return Axis("r", "output token", self.context, length_of="decoder_tokens")

    @cached_property
    def b(self) -> Axis:
        """The groups of distances between tokens."""
        buckets = self.size("relative_attention_num_buckets")
        if buckets % 2 or buckets < 4:
            raise option("relative_attention_num_buckets", buckets, "an even number, 4 or more")
        return Axis("b", "bucket", buckets)

    @cached_property
    def own_heads(self) -> Heads:
        h = Axis("h", "head", self.size("num_attention_heads"))
        return Heads(self.s, h, h, Axis("a", "head channel", self.size("head_dim")))

    @cached_property
    def epsilon(self) -> float:
        return number(self.config, "layer_norm_epsilon", 1e-6)

    def norm(self, m: Module, name: str, x: Tensor | Reference, *, label: str) -> Tensor:
        return rms_norm(m.module(name, label=label, kind="norm"), x, epsilon=self.epsilon)

    def positions(self, stack: str, t: Axis, s: Axis, *, causal: bool) -> Tensor:
        """What the distance of two tokens adds to their scores, the same in all layers of a stack."""
        farthest = self.size("relative_attention_max_distance")
        if farthest <= self.b.size // 2:
            raise option("relative_attention_max_distance", farthest, f"more than {self.b.size // 2}")
        label = f"Relative positions of the {stack}"
        part = self.root.module(f"{stack}_rel_pos", label=label, kind="position")
        return relative_bias(part, t, s, self.own_heads.query, bucket=self.b, farthest=farthest, causal=causal)

    @cached_property
    def perceptron(self) -> Callable[[Module, Tensor, Module], Tensor]:
        """The MLP that ``feed_forward_proj`` asks for, such as ``relu`` or ``gated-gelu``; written out by newer
        configurations as ``dense_act_fn`` and ``is_gated_act``."""
        given = self.config["feed_forward_proj"]
        gate, _, name = str(given).rpartition("-")
        name = "gelu_new" if given == "gated-gelu" else name
        if gate not in ("", "gated") or name not in ACTIVATIONS:
            raise option("feed_forward_proj", given, f"one of {', '.join(ACTIVATIONS)}, with or without gated- before")
        if self.config.get("dense_act_fn") is not None:
            name = self.activation("dense_act_fn")
        made = gated_mlp if flag(self.config, "is_gated_act", gate == "gated") else mlp
        return lambda m, x, block: made(m, x, feature=self.f, activation=name, parent=block, bias=False)


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a T5 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    tied = flag(config, "tie_word_embeddings", True)
    scaled = flag(config, "scale_decoder_outputs", tied)  # what newer configurations say instead of being untied
    d = EncoderDecoder({**DEFAULTS, **config, "tie_word_embeddings": tied and scaled}, "t5", "T5", NAMES)
    honour(d.config, {"is_encoder_decoder": True})

    embed = d.embed()
    encoded = _encoder(d, embed)
    written = d.root.input(
        "decoder_tokens", [d.u], label="tokens of the decoder", about="The start token, and what was written so far."
    )
    entering = d.root.activation(
        "decoder_embed",
        [d.u, d.c],
        _table(d)[written[d.u], d.c],
        label="embedded tokens of the decoder",
        about="The row of each token's id, in the table that the encoder has too.",
    )
    final = _decoder(d, entering, encoded)
    made = d.predict(final, factor=d.c.size**-0.5 if scaled else 1.0)
    start = count(d.config, "decoder_start_token_id", count(d.config, "pad_token_id", 0))
    return replace(made, decoder=written.name, decoder_start=start)


def _table(d: EncoderDecoder) -> Tensor:
    return next(t for t in d.root.tensors if t.name == "W_E")


def _encoder(d: EncoderDecoder, embed: Tensor) -> Tensor:
    """Every token of the prompt reads all others."""
    bias = d.positions("encoder", d.t, d.s, causal=False)
    for _, block, x in d.blocks(embed[d.t, d.c], stack="encoder", label="Encoder block"):
        read = d.norm(block, "ln1", x, label="Norm before attention")
        attn = block.module("attn", label="Attention", kind="attention")
        scoring = Scoring(scaled=False, causal=False)
        z = self_attention(attn, read, d.own_heads, bias=False, scoring=scoring, bias_of_scores=bias)
        attn_out = project_heads(attn, z, d.c, bias=False, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")
        read = d.norm(block, "ln2", mid, label="Norm before MLP")
        mlp_out = d.perceptron(block.module("mlp", label="MLP", kind="mlp"), read, block)
        add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.")
    last = Reference(f"encoder.{d.layers - 1}.resid_post", (d.t, d.c))
    return d.norm(d.root, "encoder_final_ln", last, label="Norm after the encoder")


def _decoder(d: EncoderDecoder, entering: Tensor, encoded: Tensor) -> Tensor:
    """Every token reads those written before it, and all of the prompt."""
    layers = d.size("num_decoder_layers", d.layers)
    heads = d.own_heads
    bias = d.positions("decoder", d.u, d.r, causal=True)
    for _, block, x in d.blocks(entering[d.u, d.c], stack="decoder", layers=layers, token=d.u, label="Decoder block"):
        read = d.norm(block, "ln1", x, label="Norm before attention")
        attn = block.module("attn", label="Attention", kind="attention")
        back = replace(heads, key_token=d.r)
        z = self_attention(attn, read, back, bias=False, scoring=Scoring(scaled=False), bias_of_scores=bias)
        attn_out = project_heads(attn, z, d.c, bias=False, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")

        read = d.norm(block, "ln2", mid, label="Norm before cross-attention")
        cross = block.module("cross_attn", label="Cross-attention", kind="attention")
        scoring = Scoring(scaled=False, causal=False)
        z = self_attention(cross, read, heads, bias=False, scoring=scoring, source=encoded)
        cross_out = project_heads(
            cross,
            z,
            d.c,
            bias=False,
            into=(block, "cross_attn_out"),
            label="cross-attention output",
            adds="reading the prompt",
        )
        crossed = add(block, "resid_mid_cross", mid, cross_out, about="The stream after reading the prompt.")

        read = d.norm(block, "ln3", crossed, label="Norm before MLP")
        mlp_out = d.perceptron(block.module("mlp", label="MLP", kind="mlp"), read, block)
        add(block, "resid_post", crossed, mlp_out, about="The stream after the MLP.")
    last = Reference(f"decoder.{layers - 1}.resid_post", (d.u, d.c))
    return d.norm(d.root, "decoder_final_ln", last, label="Norm after the decoder")
