"""The GPT-2 family (Radford et al. 2019): learned positions, pre-norm blocks, GELU, causal attention.

Also minGPT's models, which differ in nothing but sizes and an untied head.
"""

from __future__ import annotations

from typing import Any

from cutaway.architectures.config import flag, integer, number, option
from cutaway.checkpoints import Placed
from cutaway.definition import Definition, Module
from cutaway.formula import Axis
from cutaway.parts import ACTIVATIONS, Heads, layer_norm, linear, mlp, project_heads, self_attention, softmax

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


def define(config: dict[str, Any]) -> Definition:
    """The definition for a GPT-2 ``config.json``. Raises ``CheckpointError`` for values it cannot honour."""
    width, heads = integer(config, "n_embd", 768), integer(config, "n_head", 12)
    layers, context = integer(config, "n_layer", 12), integer(config, "n_positions", 1024)
    hidden = integer(config, "n_inner", 4 * width)
    if width % heads:
        raise option("n_head", heads, f"a divisor of n_embd = {width}")
    activation = config.get("activation_function", "gelu_new")
    if activation not in ACTIVATIONS:
        raise option("activation_function", activation, f"one of {', '.join(ACTIVATIONS)}")
    for key, honoured in (
        ("scale_attn_weights", True),
        ("scale_attn_by_inverse_layer_idx", False),
        ("add_cross_attention", False),
    ):
        if flag(config, key, honoured) is not honoured:
            raise option(key, config[key], str(honoured).lower())
    epsilon = number(config, "layer_norm_epsilon", 1e-5)
    tied = flag(config, "tie_word_embeddings", True)

    t = Axis("t", "token", context, length_of="tokens")
    s = Axis("s", "token", context, length_of="tokens")
    c = Axis("c", "channel", width)
    h = Axis("h", "head", heads)
    a = Axis("a", "head channel", width // heads)
    f = Axis("f", "feature", hidden)
    v = Axis("v", "vocabulary", integer(config, "vocab_size", 50257))
    p = Axis("p", "position", context)

    root = Module(label=config.get("name") or "GPT-2", kind="model")
    tokens = root.input("tokens", [t], label="tokens", about="The prompt, one whole number per token.")
    w_e = root.weight(
        "W_E", [v, c], label="token embedding", latex="W^{E}", about="One vector per entry of the vocabulary."
    )
    w_pos = root.weight(
        "W_pos", [p, c], label="position embedding", latex=r"W^{\mathrm{pos}}", about="One vector per position."
    )
    embed = root.activation(
        "embed", [t, c], w_e[tokens[t], c], label="embedded tokens", about="The row of each token's id."
    )
    pos_embed = root.activation(
        "pos_embed", [t, c], w_pos[t, c], label="embedded positions", about="The row of each position."
    )

    block = root.stack("blocks", layers=range(layers), label="Block")
    x = block.carry(
        "resid_pre",
        [t, c],
        embed[t, c] + pos_embed[t, c],
        last="resid_post",
        label="residual stream",
        about="What the layers read from and add to: one vector per token.",
    )

    ln1 = layer_norm(block.module("ln1", label="Layer norm", kind="norm"), x, epsilon=epsilon)
    attn = block.module("attn", label="Attention", kind="attention")
    z = self_attention(attn, ln1, Heads(s, h, h, a), bias=True)
    attn_out = project_heads(attn, z, c, into=(block, "attn_out"))
    resid_mid = block.activation(
        "resid_mid", [t, c], x[t, c] + attn_out[t, c], label="residual stream", about="The stream after attention."
    )

    ln2 = layer_norm(block.module("ln2", label="Layer norm", kind="norm"), resid_mid, epsilon=epsilon)
    perceptron = block.module("mlp", label="MLP", kind="mlp")
    mlp_out = mlp(perceptron, ln2, feature=f, activation=activation, parent=block)
    resid_post = block.activation(
        "resid_post",
        [t, c],
        resid_mid[t, c] + mlp_out[t, c],
        label="residual stream",
        about="The stream after the MLP.",
    )

    final = resid_post.layer(layers - 1)
    ln_final = layer_norm(root.module("ln_final", label="Final layer norm", kind="norm"), final, epsilon=epsilon)
    w_u = root.weight(
        "W_U",
        [c, v],
        label="unembedding",
        latex="W^{U}",
        about="One vector per entry of the vocabulary." + (" The token embedding, used again." if tied else ""),
        tied_to="W_E" if tied else None,
    )
    logits = root.activation(
        "logits",
        [t, v],
        linear(ln_final[t, c], [c], w_u[c, v]),
        label="logits",
        about="A score for every possible next token.",
    )
    softmax(root, logits, v, name="probs", label="probabilities", about="The predicted chances of the next token.")
    return Definition(config.get("name") or "gpt2", "gpt2", root, context)
