"""The multilayer perceptron of a block: plain, or gated."""

from __future__ import annotations

from cutaway.definition import Module, Tensor
from cutaway.formula import Axis
from cutaway.parts.functions import ACTIVATIONS, activation_name, activation_word, after_activation
from cutaway.parts.linear import linear


def mlp(
    m: Module,
    x: Tensor,
    *,
    feature: Axis,
    activation: str,
    parent: Module,
    bias: bool = True,
    name: str = "mlp_out",
) -> Tensor:
    """Two-layer perceptron on each token: ``pre``, ``post`` and ``mlp_out`` (the latter in ``parent``)."""
    t, c = x.axes
    f, word = feature, activation_word(activation)
    w_in = _one_vector_per_unit(m, "in", "expansion", c, f, "what it responds to.")
    b_in = m.weight("b_in", [f], label="expansion bias", latex=r"b^{\mathrm{in}}") if bias else None
    pre = m.activation(
        "pre",
        [t, f],
        linear(x[t, c], [c], w_in[c, f], b_in[f] if b_in else None),
        label=f"hidden, before {word}",
        about="Hidden units, before the activation function.",
    )
    post = m.activation(
        "post",
        [t, f],
        ACTIVATIONS[activation](pre[t, f]),
        label=f"hidden, after {word}",
        about=after_activation("Hidden units", activation),
    )
    return contract(m, post, x, parent=parent, name=name, bias=bias)


def gated_mlp(
    m: Module,
    x: Tensor,
    *,
    feature: Axis,
    activation: str,
    parent: Module,
    bias: bool = False,
    name: str = "mlp_out",
    label: str = "MLP output",
    about: str = "What the MLP adds to the residual stream.",
) -> Tensor:
    """Gated perceptron (Shazeer 2020, arXiv:2002.05202): one half of the hidden units lets the other through.

    Declares ``W_gate W_in W_out`` and ``pre pre_linear post``, and ``mlp_out`` in ``parent``.
    """
    t, c = x.axes
    f, word = feature, activation_word(activation)
    w_gate = _one_vector_per_unit(m, "gate", "gate", c, f, "what opens its gate.")
    b_gate = m.weight("b_gate", [f], label="gate bias", latex=r"b^{\mathrm{gate}}") if bias else None
    pre = m.activation(
        "pre",
        [t, f],
        linear(x[t, c], [c], w_gate[c, f], b_gate[f] if b_gate else None),
        label=f"gate, before {word}",
        about=f"How far each hidden unit is opened, before {activation_name(activation)}.",
    )
    w_in = _one_vector_per_unit(m, "in", "expansion", c, f, "what it responds to.")
    b_in = m.weight("b_in", [f], label="expansion bias", latex=r"b^{\mathrm{in}}") if bias else None
    pre_linear = m.activation(
        "pre_linear",
        [t, f],
        linear(x[t, c], [c], w_in[c, f], b_in[f] if b_in else None),
        label="hidden, before gate",
        about="Hidden units, before their gates.",
    )
    post = m.activation(
        "post",
        [t, f],
        ACTIVATIONS[activation](pre[t, f]) * pre_linear[t, f],
        label="hidden, gated",
        about=after_activation("Hidden units times their gates", activation),
    )
    return contract(m, post, x, parent=parent, name=name, bias=bias, label=label, about=about)


def _one_vector_per_unit(m: Module, short: str, label: str, c: Axis, f: Axis, about: str) -> Tensor:
    """The weights ``W_short[c, f]``."""
    latex = rf"W^{{\mathrm{{{short}}}}}"
    return m.weight(
        f"W_{short}", [c, f], label=f"{label} weights", latex=latex, about=f"One vector per hidden unit: {about}"
    )


def contract(
    m: Module,
    post: Tensor,
    x: Tensor,
    *,
    parent: Module,
    name: str,
    bias: bool,
    label: str = "MLP output",
    about: str = "What the MLP adds to the residual stream.",
) -> Tensor:
    """Hidden units back to the width of the stream; declares ``W_out``, ``b_out`` and ``name`` in ``parent``."""
    (t, f), c = post.axes, x.axes[1]
    w_out = m.weight(
        "W_out",
        [f, c],
        label="contraction weights",
        latex=r"W^{\mathrm{out}}",
        about="One vector per hidden unit: what it writes when it is active.",
    )
    b_out = m.weight("b_out", [c], label="contraction bias", latex=r"b^{\mathrm{out}}") if bias else None
    return parent.activation(
        name,
        [t, c],
        linear(post[t, f], [f], w_out[f, c], b_out[c] if b_out else None),
        label=label,
        about=about,
    )
