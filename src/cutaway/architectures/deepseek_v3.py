"""DeepSeek-V3 (DeepSeek-AI 2024, arXiv:2412.19437) and R1: queries, keys and values made from compressed
vectors (latent attention, arXiv:2405.04434, section 2.1), and after a few dense layers many small experts,
chosen within groups, beside one that every token shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cutaway.architectures import llama
from cutaway.architectures.config import count, flag, honour, number, option
from cutaway.architectures.decoder import Decoder
from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Axis, Expr, Sum
from cutaway.parts import (
    Heads,
    Rotary,
    Scoring,
    add,
    attend,
    gated,
    gated_mlp,
    linear,
    project_heads,
    rms_norm,
    rotate,
    routed_experts,
    sigmoid_router,
    yarn_scale,
)  # fmt: skip
from cutaway.placement import Placed

KEY_PREFIXES = llama.KEY_PREFIXES

ATTENTION = "layers.*.self_attn"
EXPERT = "layers.*.mlp.experts.{e}"
SHARED = "layers.*.mlp.shared_experts"

CHECKPOINT: dict[str, Placed] = {
    **llama.CHECKPOINT,
    "blocks.*.attn.W_DQ": Placed(f"{ATTENTION}.q_a_proj.weight", "l c -> c l"),
    "blocks.*.attn.b_DQ": Placed(f"{ATTENTION}.q_a_proj.bias", "l -> l"),
    "blocks.*.attn.q_latent_norm.w": Placed(f"{ATTENTION}.q_a_layernorm.weight", "l -> l"),
    "blocks.*.attn.W_UQ": Placed(f"{ATTENTION}.q_b_proj.weight", "(h a) l -> h l a", within={"a": (0, "a r")}),
    "blocks.*.attn.W_QR": Placed(f"{ATTENTION}.q_b_proj.weight", "(h r) l -> h l r", within={"r": (1, "a r")}),
    "blocks.*.attn.W_Q": Placed(f"{ATTENTION}.q_proj.weight", "(h a) c -> h c a", within={"a": (0, "a r")}),
    "blocks.*.attn.W_Q_rope": Placed(f"{ATTENTION}.q_proj.weight", "(h r) c -> h c r", within={"r": (1, "a r")}),
    "blocks.*.attn.W_DKV": Placed(f"{ATTENTION}.kv_a_proj_with_mqa.weight", "m c -> c m", within={"m": (0, "m r")}),
    "blocks.*.attn.b_DKV": Placed(f"{ATTENTION}.kv_a_proj_with_mqa.bias", "m -> m", within={"m": (0, "m r")}),
    "blocks.*.attn.W_KR": Placed(f"{ATTENTION}.kv_a_proj_with_mqa.weight", "r c -> c r", within={"r": (1, "m r")}),
    "blocks.*.attn.b_KR": Placed(f"{ATTENTION}.kv_a_proj_with_mqa.bias", "r -> r", within={"r": (1, "m r")}),
    "blocks.*.attn.kv_latent_norm.w": Placed(f"{ATTENTION}.kv_a_layernorm.weight", "m -> m"),
    "blocks.*.attn.W_UK": Placed(f"{ATTENTION}.kv_b_proj.weight", "(h a) m -> h m a", within={"a": (0, "a d")}),
    "blocks.*.attn.W_UV": Placed(f"{ATTENTION}.kv_b_proj.weight", "(h d) m -> h m d", within={"d": (1, "a d")}),
    "blocks.*.attn.W_O": Placed(f"{ATTENTION}.o_proj.weight", "c (h d) -> h d c"),
    "blocks.*.mlp.W_router": Placed("layers.*.mlp.gate.weight", "e c -> c e"),
    "blocks.*.mlp.b_choice": Placed("layers.*.mlp.gate.e_score_correction_bias", "e -> e"),
    **{
        f"blocks.*.mlp.{part}.{ours}": Placed(f"{key}.{theirs}.weight", pattern)
        for part, key in (("experts", EXPERT), ("shared", SHARED))
        for ours, theirs, pattern in (
            ("W_gate", "gate_proj", "f c -> c f"),
            ("W_in", "up_proj", "f c -> c f"),
            ("W_out", "down_proj", "c f -> f c"),
        )
    },
}

DEFAULTS: dict[str, Any] = {
    "vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 2048,
    "num_hidden_layers": 61, "num_attention_heads": 128, "n_shared_experts": 1, "n_routed_experts": 256,
    "routed_scaling_factor": 2.5, "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64,
    "v_head_dim": 128, "qk_nope_head_dim": 128, "n_group": 8, "topk_group": 4, "num_experts_per_tok": 8,
    "first_k_dense_replace": 3, "norm_topk_prob": True, "hidden_act": "silu", "max_position_embeddings": 4096,
    "rms_norm_eps": 1e-6, "rope_interleave": True, "tie_word_embeddings": False,
}  # fmt: skip

LATENT_EPSILON = 1e-6
"""The norms of compressed vectors do not follow ``rms_norm_eps``."""


@dataclass(frozen=True)
class Latent:
    """The axes of latent attention that others do not have."""

    query: Axis | None
    """The compressed query; none if queries are made directly."""
    key_value: Axis
    turned: Axis
    """The channels of queries and keys that carry the position."""
    value: Axis
    """The channels of a value."""


def define(config: Mapping[str, Any]) -> Definition:
    """The definition for a DeepSeek-V3 ``config.json``. Raises ``CheckpointError`` for what it cannot honour."""
    d = Decoder({**DEFAULTS, **config}, "deepseek_v3", "DeepSeek-V3", {"num_local_experts": "n_routed_experts"})
    honour(config, {"topk_method": "noaux_tc", "scoring_func": "sigmoid", "moe_layer_freq": 1})
    honour(config, {"head_dim": d.size("qk_rope_head_dim")})  # which the angles are made for
    bias = flag(d.config, "attention_bias", False)
    latent = Latent(
        None if d.config["q_lora_rank"] is None else Axis("l", "latent", d.size("q_lora_rank")),
        Axis("m", "latent", d.size("kv_lora_rank")),
        Axis("r", "head channel", d.size("qk_rope_head_dim")),
        Axis("d", "head channel", d.size("v_head_dim")),
    )
    h = Axis("h", "head", d.size("num_attention_heads"))
    heads = Heads(d.s, h, h, Axis("a", "head channel", d.size("qk_nope_head_dim")))
    rotary = d.rotary(channel=latent.turned, adjacent=flag(d.config, "rope_interleave", False))
    embed = d.embed()
    mixture = _mixture(d)
    dense = [i < count(d.config, "first_k_dense_replace", 0) for i in range(d.layers)]

    for is_dense, block, x in d.blocks(embed[d.t, d.c], dense):
        ln1 = rms_norm(block.module("ln1", label="Norm before attention", kind="norm"), x, epsilon=d.epsilon)
        attn = block.module("attn", label="Attention", kind="attention")
        z = latent_attention(attn, ln1, heads, latent, rotary, bias=bias, scoring=_scoring(d, heads, latent))
        attn_out = project_heads(attn, z, d.c, bias=bias, into=(block, "attn_out"))
        mid = add(block, "resid_mid", x, attn_out, about="The stream after attention.")

        ln2 = rms_norm(block.module("ln2", label="Norm before MLP", kind="norm"), mid, epsilon=d.epsilon)
        mlp = block.module("mlp", label="MLP", kind="mlp")
        if is_dense:
            mlp_out = gated_mlp(mlp, ln2, feature=d.f, activation=d.activation(), parent=block)
        else:
            mlp_out = mixture(mlp, ln2, block)
        add(block, "resid_post", mid, mlp_out, about="The stream after the MLP.")

    ln_final = rms_norm(d.root.module("ln_final", label="Final norm", kind="norm"), d.final, epsilon=d.epsilon)
    return d.predict(ln_final)


def _scoring(d: Decoder, heads: Heads, latent: Latent) -> Scoring:
    """Divided by the root of all channels of a key; stretched contexts sharpen the pattern."""
    given, factor = d.rope_parameters, 1.0
    if given["rope_type"] != "default" and given.get("mscale_all_dim"):
        stretched = number(given, "factor", 0.0)
        if not stretched:
            raise option("rope_parameters.factor", given.get("factor"), "a number above zero")
        factor = yarn_scale(stretched, number(given, "mscale_all_dim", 0.0)) ** 2
    return Scoring(divisor=heads.channel.size + latent.turned.size, factor=factor)


def latent_attention(
    m: Module, x: Tensor, heads: Heads, latent: Latent, rotary: Rotary, *, bias: bool, scoring: Scoring
) -> Tensor:
    """Attention whose keys and values come from one short vector per token, and the position beside them.

    Returns ``z[t, h, d]``. Names of weights are the paper's: D compresses, U expands, R carries the position.
    """
    t, c = x.axes
    s, h, a, r, low = heads.key_token, heads.query, heads.channel, latent.turned, latent.key_value

    def compressed(name: str, token: Axis, to: Axis, weight: str, label: str, about: str, made: str) -> Tensor:
        w = m.weight(f"W_{weight}", [c, to], label=f"{label} weights", latex=f"W^{{{weight}}}", about=made)
        b = m.weight(f"b_{weight}", [to], label=f"{label} bias", latex=f"b^{{{weight}}}") if bias else None
        formula = linear(x[token, c], [c], w[c, to], b[to] if b else None)
        return m.activation(name, [token, to], formula, label=label, about=about)

    def expanded(name: str, y: Tensor, to: Axis, weight: str, label: str, about: str) -> Tensor:
        token, low = y.axes
        made = f"Make the {label} of each head from {'a vector of the stream' if y is x else 'the ' + y.label}."
        w = m.weight(f"W_{weight}", [h, low, to], label=f"{label} weights", latex=f"W^{{{weight}}}", about=made)
        return m.activation(name, [token, h, to], linear(y[token, low], [low], w[h, low, to]), label=label, about=about)

    about_q = "What this token looks for in the others."
    source, names = x, ("Q", "Q_rope")
    if latent.query is not None:
        about = "A short vector from which the queries of all heads are made."
        made = "Compress a token's vector to what queries are made from."
        short = compressed("q_latent", t, latent.query, "DQ", "compressed query", about, made)
        norm = m.module("q_latent_norm", label="Query norm", kind="norm")
        source, names = rms_norm(norm, short, epsilon=LATENT_EPSILON, label="normalized compressed query"), ("UQ", "QR")
    q = expanded("q", source, a, names[0], "query", about_q)
    about = "The part of the query that is turned by its position."
    q_rope = expanded("q_rope", source, r, names[1], "rotary query", about)
    rot_q = rotate(m, "rot_q", q_rope, rotary, label="rotated query")

    about = "With the rotary key, all that a cache keeps of a token: keys and values of all heads are made from it."
    made = "Compress a token's vector to what keys and values are made from."
    short = compressed("kv_latent", s, low, "DKV", "compressed key and value", about, made)
    norm = m.module("kv_latent_norm", label="Key and value norm", kind="norm")
    kept = rms_norm(norm, short, epsilon=LATENT_EPSILON, label="normalized key and value")
    k = expanded("k", kept, a, "UK", "key", "What this token offers to be found by.")
    about = "The part of the key that is turned by its position; all heads share it."
    k_rope = compressed("k_rope", s, r, "KR", "rotary key", about, "Make the rotary key from a token's vector.")
    rot_k = rotate(m, "rot_k", k_rope, rotary, label="rotated key")
    v = expanded("v", kept, latent.value, "UV", "value", "What this token hands on when it is attended to.")

    dot: Expr = Sum(a, q[t, h, a] * k[s, h, a]) + Sum(r, rot_q[t, h, r] * rot_k[s, r])
    return attend(m, dot, v, heads, token=t, scoring=scoring)


def _mixture(d: Decoder) -> llama.Perceptron:
    """The experts of a layer: some chosen, one shared by all tokens."""
    width = d.size("moe_intermediate_size")
    experts = d.experts("n_routed_experts", feature=Axis("u", "feature", width))
    shared = Axis("w", "feature", width * d.size("n_shared_experts"))
    groups, kept = d.size("n_group", 1), d.size("topk_group", 1)
    if experts.expert.size % groups:
        raise option("n_group", groups, f"a divisor of n_routed_experts = {experts.expert.size}")
    if experts.choice.size > (admitted := experts.expert.size // groups * kept):
        raise option("num_experts_per_tok", experts.choice.size, f"at most the {admitted} experts of {kept} groups")
    activation, normalized = d.activation(), flag(d.config, "norm_topk_prob", False)
    factor = number(d.config, "routed_scaling_factor", 1.0)

    def mixture(m: Module, x: Tensor, block: Module) -> Tensor:
        indices, weights = sigmoid_router(m, x, experts, groups=groups, kept=kept, normalized=normalized, factor=factor)
        routed = m.module("experts", label="Experts", kind="experts")
        chosen = routed_experts(routed, x, experts, indices, weights, gate=gated(activation), into=(routed, "out"))
        part = m.module("shared", label="Shared expert", kind="mlp")
        common = gated_mlp(
            part,
            x,
            feature=shared,
            activation=activation,
            parent=part,
            name="out",
            label="shared expert's output",
            about="What the expert that all tokens share makes of the token.",
        )
        t, c = x.axes
        return block.activation(
            "mlp_out",
            [t, c],
            chosen[t, c] + common[t, c],
            label="MLP output",
            about="What the chosen experts and the shared one add to the residual stream.",
        )

    return mixture
