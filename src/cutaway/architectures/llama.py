"""The Llama family (Touvron et al. 2023, arXiv:2302.13971; Llama 3: arXiv:2407.21783).

Pre-norm blocks with root mean square norm, rotary positions, key/value heads shared by query heads, and
a gated MLP. Most later decoders are this with a difference or two; those that differ in numbers only
call ``decoder``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cutaway.architectures.config import flag
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition, Module, Tensor
from cutaway.parts import HeadNorm, Scoring, add, gated_mlp, project_heads, rms_norm, self_attention
from cutaway.placement import Placed

KEY_PREFIXES = ("model.", "")

CHECKPOINT: dict[str, Placed] = {
    "W_E": Placed("embed_tokens.weight", "v c -> v c"),
    "blocks.*.ln1.w": Placed("layers.*.input_layernorm.weight", "c -> c"),
    "blocks.*.ln2.w": Placed("layers.*.post_attention_layernorm.weight", "c -> c"),
    "blocks.*.attn.W_Q": Placed("layers.*.self_attn.q_proj.weight", "(h a) c -> h c a"),
    "blocks.*.attn.b_Q": Placed("layers.*.self_attn.q_proj.bias", "(h a) -> h a"),
    "blocks.*.attn.W_K": Placed("layers.*.self_attn.k_proj.weight", "(g a) c -> g c a"),
    "blocks.*.attn.b_K": Placed("layers.*.self_attn.k_proj.bias", "(g a) -> g a"),
    "blocks.*.attn.W_V": Placed("layers.*.self_attn.v_proj.weight", "(g a) c -> g c a"),
    "blocks.*.attn.b_V": Placed("layers.*.self_attn.v_proj.bias", "(g a) -> g a"),
    "blocks.*.attn.W_O": Placed("layers.*.self_attn.o_proj.weight", "c (h a) -> h a c"),
    "blocks.*.attn.b_O": Placed("layers.*.self_attn.o_proj.bias", "c -> c"),
    "blocks.*.mlp.W_gate": Placed("layers.*.mlp.gate_proj.weight", "f c -> c f"),
    "blocks.*.mlp.b_gate": Placed("layers.*.mlp.gate_proj.bias", "f -> f"),
    "blocks.*.mlp.W_in": Placed("layers.*.mlp.up_proj.weight", "f c -> c f"),
    "blocks.*.mlp.b_in": Placed("layers.*.mlp.up_proj.bias", "f -> f"),
    "blocks.*.mlp.W_out": Placed("layers.*.mlp.down_proj.weight", "c f -> f c"),
    "blocks.*.mlp.b_out": Placed("layers.*.mlp.down_proj.bias", "c -> c"),
    "ln_final.w": Placed("norm.weight", "c -> c"),
    "W_U": Placed("lm_head.weight", "v c -> c v"),
}

Perceptron = Callable[[Module, Tensor, Module], Tensor]
"""``perceptron(module, x, block) -> mlp_out``: declares its tensors in the module, and ``mlp_out`` in the block."""

DEFAULTS: dict[str, Any] = {
    "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
    "num_attention_heads": 32, "max_position_embeddings": 2048, "hidden_act": "silu", "rms_norm_eps": 1e-6,
    "tie_word_embeddings": False,
}  # fmt: skip


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a Llama ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "llama", "Llama")
    bias = flag(d.config, "attention_bias", False)
    return decoder(d, qkv_bias=bias, out_bias=bias, mlp_bias=flag(d.config, "mlp_bias", False))


@dataclass(frozen=True)
class Multipliers:
    """What some families multiply on the way."""

    embedding: float = 1.0
    added: float = 1.0
    """What attention and MLP add to the stream."""
    logits: float = 1.0


def decoder(
    d: Decoder,
    *,
    qkv_bias: bool = False,
    out_bias: bool = False,
    mlp_bias: bool = False,
    head_norm: HeadNorm | None = None,
    scoring: Sequence[Scoring] | None = None,
    perceptrons: Sequence[Perceptron] | None = None,
    turned: Sequence[bool] | None = None,
    partial: bool = False,
    multipliers: Multipliers | None = None,
) -> Definition:
    """A decoder that is Llama's but for these: biases, a norm of queries and keys, multipliers, and for each layer
    how it scores, what perceptron it has, and whether queries and keys are turned by their position, in all channels
    of a head or, if ``partial``, in some."""
    activation, by = d.activation(), multipliers or Multipliers()
    rotary = d.rotary(partial=partial)
    embed = d.embed(factor=by.embedding)

    def gated(m: Module, x: Tensor, block: Module) -> Tensor:
        return gated_mlp(m, x, feature=d.f, activation=activation, parent=block, bias=mlp_bias)

    each = (scoring or [Scoring()] * d.layers, perceptrons or [gated] * d.layers, turned or [True] * d.layers)
    for (scores, perceptron, turns), block, x in d.blocks(embed[d.t, d.c], list(zip(*each, strict=True))):
        ln1 = rms_norm(block.module("ln1", label="Norm before attention", kind="norm"), x, epsilon=d.epsilon)
        attn = block.module("attn", label="Attention", kind="attention")
        z = self_attention(
            attn, ln1, d.heads, bias=qkv_bias, rotary=rotary if turns else None, norm=head_norm, scoring=scores
        )
        attn_out = project_heads(attn, z, d.c, bias=out_bias, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.", factor=by.added)

        ln2 = rms_norm(block.module("ln2", label="Norm before MLP", kind="norm"), mid, epsilon=d.epsilon)
        mlp = block.module("mlp", label="MLP", kind="mlp")
        mlp_out = perceptron(mlp, ln2, block)
        add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.", factor=by.added)

    ln_final = rms_norm(d.root.module("ln_final", label="Final norm", kind="norm"), d.final, epsilon=d.epsilon)
    return d.predict(ln_final, factor=by.logits)
