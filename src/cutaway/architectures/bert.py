"""BERT (Devlin et al. 2018, arXiv:1810.04805): every token reads all others, before and after it, and what is
predicted is the token at the place itself. Norms stand after attention and MLP; prompts may have two segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cutaway.architectures.config import honour, number, option
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Axis
from cutaway.parts import (
    ACTIVATIONS,
    Scoring,
    activation_word,
    add,
    after_activation,
    layer_norm,
    linear,
    mlp,
    project_heads,
    self_attention,
)
from cutaway.placement import Placed

KEY_PREFIXES = ("bert.", "")

LEFT_OUT = ("pooler.", "cls.seq_relationship.")

LAYER = "encoder.layer.*"
HEAD = "cls.predictions"


def _norm(ours: str, theirs: str) -> dict[str, Placed]:
    """A layer norm; the first checkpoints call its numbers gamma and beta."""
    return {
        f"{ours}.{p}": Placed(f"{theirs}.LayerNorm.{key}", "c -> c", also=f"{theirs}.LayerNorm.{older}")
        for p, key, older in (("w", "weight", "gamma"), ("b", "bias", "beta"))
    }


CHECKPOINT: dict[str, Placed] = {
    "W_E": Placed("embeddings.word_embeddings.weight", "v c -> v c"),
    "W_pos": Placed("embeddings.position_embeddings.weight", "p c -> p c"),
    "W_segment": Placed("embeddings.token_type_embeddings.weight", "n c -> n c"),
    **_norm("ln_embed", "embeddings"),
    **_norm("blocks.*.ln1", f"{LAYER}.attention.output"),
    **_norm("blocks.*.ln2", f"{LAYER}.output"),
    **{
        f"blocks.*.attn.{w}_{x[0].upper()}": Placed(f"{LAYER}.attention.self.{x}.{key}", pattern)
        for x in ("query", "key", "value")
        for w, key, pattern in (("W", "weight", "(h a) c -> h c a"), ("b", "bias", "(h a) -> h a"))
    },
    "blocks.*.attn.W_O": Placed(f"{LAYER}.attention.output.dense.weight", "c (h a) -> h a c"),
    "blocks.*.attn.b_O": Placed(f"{LAYER}.attention.output.dense.bias", "c -> c"),
    "blocks.*.mlp.W_in": Placed(f"{LAYER}.intermediate.dense.weight", "f c -> c f"),
    "blocks.*.mlp.b_in": Placed(f"{LAYER}.intermediate.dense.bias", "f -> f"),
    "blocks.*.mlp.W_out": Placed(f"{LAYER}.output.dense.weight", "c f -> f c"),
    "blocks.*.mlp.b_out": Placed(f"{LAYER}.output.dense.bias", "c -> c"),
    "mlm_head.W": Placed(f"{HEAD}.transform.dense.weight", "d c -> c d"),
    "mlm_head.b": Placed(f"{HEAD}.transform.dense.bias", "d -> d"),
    **_norm("mlm_head.ln", f"{HEAD}.transform"),
    "W_U": Placed(f"{HEAD}.decoder.weight", "v c -> c v"),
    "b_U": Placed(f"{HEAD}.decoder.bias", "v -> v", also=f"{HEAD}.bias"),
}

DEFAULTS: dict[str, Any] = {
    "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
    "intermediate_size": 3072, "hidden_act": "gelu", "max_position_embeddings": 512, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "tie_word_embeddings": True,
}  # fmt: skip

HEADS = ("BertForMaskedLM", "BertForPreTraining")
"""Encoders that end in predictions of tokens, as ``architectures`` says."""
BARE = "BertModel"
"""An encoder without a head: it ends in the stream."""


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a BERT ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "bert", "BERT", causal=False)
    honour(d.config, {"is_decoder": False, "add_cross_attention": False, "position_embedding_type": "absolute"})
    ends = d.config.get("architectures")
    if ends and not set(ends) & {*HEADS, BARE}:
        raise option("architectures", ends, f"{', '.join(HEADS)} or {BARE}")
    epsilon, activation = number(d.config, "layer_norm_eps", 1e-12), d.activation()
    entering = _embed(d, epsilon)

    def norm(m: Module, name: str, label: str, x: Tensor, into: tuple[Module, str] | None = None) -> Tensor:
        return layer_norm(m.module(name, label=label, kind="norm"), x, epsilon=epsilon, into=into)

    for _, block, x in d.blocks(entering[d.t, d.c]):
        attn = block.module("attn", label="Attention", kind="attention")
        z = self_attention(attn, x, d.own_heads, bias=True, scoring=Scoring(causal=False))
        attn_out = project_heads(attn, z, d.c, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention, before its norm.")
        read = norm(block, "ln1", "Norm after attention", mid)
        perceptron = block.module("mlp", label="MLP", kind="mlp")
        mlp_out = mlp(perceptron, read, feature=d.f, activation=activation, parent=block)
        total = add(block, "resid_total", read, mlp_out, about="The stream after the MLP, before its norm.")
        norm(block, "ln2", "Norm after MLP", total, into=(block, "resid_post"))

    if ends and not set(ends) & set(HEADS):
        name = d.config.get("name") or d.family
        return Definition(name, d.family, d.root, d.context, logits=None, probabilities=None, predicts="none")
    return _with_head(d, norm, activation)


def _with_head(d: Decoder, norm: Callable[[Module, str, str, Tensor], Tensor], activation: str) -> Definition:
    """What turns the stream into predictions of hidden tokens."""
    head = d.root.module("mlm_head", label="Head for masked tokens", kind="mlp")
    out, word = Axis("d", "channel", d.c.size), activation_word(activation)
    w = head.weight(
        "W", [d.c, out], label="head weights", latex=r"W^{\mathrm{head}}", about="Make the stream ready for predicting."
    )
    b = head.weight("b", [out], label="head bias", latex=r"b^{\mathrm{head}}")
    pre = head.activation(
        "pre",
        [d.t, out],
        linear(d.final[d.t, d.c], [d.c], w[d.c, out], b[out]),
        label=f"prediction, before {word}",
        about="The stream made ready for predicting, before the activation function.",
    )
    post = head.activation(
        "post",
        [d.t, out],
        ACTIVATIONS[activation](pre[d.t, out]),
        label=f"prediction, after {word}",
        about=after_activation("The same", activation),
    )
    return d.predict(norm(head, "ln", "Norm of the head", post), bias=True, predicts="masked")


def _embed(d: Decoder, epsilon: float) -> Tensor:
    """What enters the first layer: the rows of token, position and segment, added and normalised."""
    root, t, c = d.root, d.t, d.c
    embed = d.embed()
    pos_embed = d.embed_positions()
    n = Axis("n", "segment", d.size("type_vocab_size"))
    segments = root.input(
        "segments", [t], label="segments", about="Which segment of the prompt each token is in; 0 unless given."
    )
    w_segment = root.weight(
        "W_segment", [n, c], label="segment embedding", latex=r"W^{\mathrm{seg}}", about="One vector per segment."
    )
    segment_embed = root.activation(
        "segment_embed", [t, c], w_segment[segments[t], c], label="embedded segments", about="The row of each segment."
    )
    total = root.activation(
        "full_embed",
        [t, c],
        embed[t, c] + pos_embed[t, c] + segment_embed[t, c],
        label="all embeddings",
        about="Token, position and segment, added.",
    )
    return layer_norm(root.module("ln_embed", label="Norm of the embeddings", kind="norm"), total, epsilon=epsilon)
