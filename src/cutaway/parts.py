"""Parts that architectures share: norms, softmax, attention, MLP, activation functions.

Each function declares tensors in a module, in order of computation, and returns the tensor that the
next part reads. Names are those of TransformerLens, without ``hook_`` and the batch axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cutaway.definition import Module, Tensor
from cutaway.formula import Apply, Axis, Cell, Expr, Max, Sum, erf, exp, inf, length, maximum, sqrt, tanh, where


def gelu(x: Expr) -> Expr:
    """Gaussian error linear unit, exact form (Hendrycks and Gimpel 2016, arXiv:1606.08415)."""
    return 0.5 * x * (1.0 + erf(x / math.sqrt(2)))


def gelu_new(x: Expr) -> Expr:
    """GELU in its tanh approximation, as GPT-2 uses it (same paper, section 2)."""
    return 0.5 * x * (1.0 + tanh(sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def silu(x: Expr) -> Expr:
    """Sigmoid linear unit, ``x * sigmoid(x)`` (same paper, section 4)."""
    return x / (1.0 + exp(-x))


def relu(x: Expr) -> Expr:
    """Rectified linear unit."""
    return maximum(x, 0.0)


ACTIVATIONS: dict[str, Callable[[Expr], Expr]] = {
    "gelu": gelu,
    "gelu_new": gelu_new,
    "gelu_pytorch_tanh": gelu_new,
    "silu": silu,
    "swish": silu,
    "relu": relu,
}
"""Element-wise functions by their name in a Transformers configuration."""


def layer_norm(m: Module, x: Tensor, *, epsilon: float) -> Tensor:
    """Layer normalisation (Ba, Kiros and Hinton 2016, arXiv:1607.06450) of ``x[t, c]`` over ``c``.

    Declares ``w[c]``, ``b[c]``, ``mean[t]``, ``var[t]`` and ``normalized[t, c]``, which it returns.
    """
    t, c = x.axes
    w = m.weight("w", [c], label="scale", latex=r"\gamma", about="Multiplies each normalized channel.")
    b = m.weight("b", [c], label="shift", latex=r"\beta", about="Is added to each normalized channel.")
    mean = m.statistic(
        "mean", [t], Sum(c, x[t, c]) / length(c), label="mean", latex=r"\mu", about="Average over the channels."
    )
    var = m.statistic(
        "var",
        [t],
        Sum(c, (x[t, c] - mean[t]) ** 2) / length(c),
        label="variance",
        latex=r"\sigma^{2}",
        about="Average squared distance from the mean.",
    )
    return m.activation(
        "normalized",
        [t, c],
        (x[t, c] - mean[t]) / sqrt(var[t] + epsilon) * w[c] + b[c],
        label="normalized",
        about="Each token's vector brought to mean 0 and variance 1, then scaled and shifted.",
    )


def softmax(m: Module, x: Tensor, over: Axis, *, name: str, label: str, about: str) -> Tensor:
    """Softmax of ``x`` over one axis, made stable by subtracting the maximum.

    Declares the statistics ``{x}_max`` and ``{x}_expsum`` and the result ``name``, which it returns.
    """
    short = x.name.rsplit(".", 1)[-1]
    kept = [a for a in x.axes if a is not over]
    all_axes, kept_axes = tuple(x.axes), tuple(kept)
    top = m.statistic(
        f"{short}_max",
        kept,
        Max(over, x[all_axes]),
        label="maximum",
        about="Subtracted before the exponential, so that it cannot overflow.",
    )
    total = m.statistic(
        f"{short}_expsum",
        kept,
        Sum(over, exp(x[all_axes] - top[kept_axes])),
        label="sum of exponentials",
        about="What the exponentials are divided by, so that they add up to 1.",
    )
    return m.activation(
        name, x.axes, exp(x[all_axes] - top[kept_axes]) / total[kept_axes], label=label, about=about
    )


def linear(x: Cell | Expr, over: Sequence[Axis], weight: Cell, bias: Cell | None = None) -> Expr:
    """Sum over the axes ``over`` of ``x * weight``, plus ``bias``."""
    e: Expr = x * weight
    for axis in reversed(over):
        e = Sum(axis, e)
    return e if bias is None else e + bias


def causal_attention(
    m: Module, x: Tensor, *, key_token: Axis, head: Axis, head_channel: Axis, scale: bool = True
) -> Tensor:
    """Multi-head causal self-attention (Vaswani et al. 2017, arXiv:1706.03762, section 3.2) of ``x[t, c]``.

    Declares the weights and ``q k v attn_scores pattern z``; returns ``z[t, h, a]``, which the caller
    projects with ``project_heads``.
    """
    t, c = x.axes
    s, h, a = key_token, head, head_channel
    over_s = {t: s}
    made: dict[str, Tensor] = {}
    for letter, label, about in (
        ("q", "query", "What this token looks for in the others."),
        ("k", "key", "What this token offers to be found by."),
        ("v", "value", "What this token hands on when it is attended to."),
    ):
        upper = letter.upper()
        w = m.weight(f"W_{upper}", [h, c, a], label=f"{label} weights", latex=f"W^{{{upper}}}")
        b = m.weight(f"b_{upper}", [h, a], label=f"{label} bias", latex=f"b^{{{upper}}}")
        n = t if letter == "q" else over_s[t]
        made[letter] = m.activation(
            letter, [n, h, a], linear(x[n, c], [c], w[h, c, a], b[h, a]), label=label, about=about
        )
    q, k, v = made["q"], made["k"], made["v"]
    dot: Expr = Sum(a, q[t, h, a] * k[s, h, a])
    scores = m.activation(
        "attn_scores",
        [h, t, s],
        where(s <= t, dot / sqrt(length(a)) if scale else dot, -inf),
        label="attention scores",
        about="How well each query matches each key; a token cannot look at those after it.",
    )
    pattern = softmax(
        m, scores, s, name="pattern", label="attention pattern", about="How much each token attends to each other one."
    )
    return m.activation(
        "z",
        [t, h, a],
        Sum(s, pattern[h, t, s] * v[s, h, a]),
        label="attended values",
        about="The values of the tokens attended to, weighted by the pattern.",
    )


def project_heads(m: Module, z: Tensor, channel: Axis, *, parent: Module) -> Tensor:
    """``attn_out[t, c]``, declared in ``parent``: all heads' ``z[t, h, a]`` back into the residual stream."""
    t, h, a = z.axes
    c = channel
    w = m.weight("W_O", [h, a, c], label="projection weights", latex="W^{O}")
    b = m.weight("b_O", [c], label="projection bias", latex="b^{O}")
    return parent.activation(
        "attn_out",
        [t, c],
        linear(z[t, h, a], [h, a], w[h, a, c], b[c]),
        label="attention output",
        about="What attention adds to the residual stream.",
    )


def mlp(m: Module, x: Tensor, *, feature: Axis, activation: str, parent: Module) -> Tensor:
    """Two-layer perceptron on each token: ``pre``, ``post`` and ``mlp_out`` (the latter in ``parent``)."""
    t, c = x.axes
    f = feature
    w_in = m.weight("W_in", [c, f], label="expansion weights", latex=r"W^{\mathrm{in}}")
    b_in = m.weight("b_in", [f], label="expansion bias", latex=r"b^{\mathrm{in}}")
    pre = m.activation(
        "pre", [t, f], linear(x[t, c], [c], w_in[c, f], b_in[f]), label="hidden, before", about="Hidden units, before the bend."
    )
    post = m.activation(
        "post",
        [t, f],
        ACTIVATIONS[activation](pre[t, f]),
        label="hidden, after",
        about=f"Hidden units after {activation}, which lets through what is positive.",
    )
    w_out = m.weight("W_out", [f, c], label="contraction weights", latex=r"W^{\mathrm{out}}")
    b_out = m.weight("b_out", [c], label="contraction bias", latex=r"b^{\mathrm{out}}")
    return parent.activation(
        "mlp_out",
        [t, c],
        linear(post[t, f], [f], w_out[f, c], b_out[c]),
        label="MLP output",
        about="What the MLP adds to the residual stream.",
    )


__all__ = [
    "ACTIVATIONS",
    "Apply",
    "causal_attention",
    "gelu",
    "gelu_new",
    "layer_norm",
    "linear",
    "mlp",
    "project_heads",
    "relu",
    "silu",
    "softmax",
]
