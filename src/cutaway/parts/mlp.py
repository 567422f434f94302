"""The multilayer perceptron of a block: plain, or gated."""

from __future__ import annotations

from cutaway.definition import Module, Tensor
from cutaway.formula import Axis
from cutaway.parts.functions import ACTIVATIONS
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
    f = feature
    w_in = m.weight("W_in", [c, f], label="expansion weights", latex=r"W^{\mathrm{in}}")
    b_in = m.weight("b_in", [f], label="expansion bias", latex=r"b^{\mathrm{in}}") if bias else None
    pre = m.activation(
        "pre",
        [t, f],
        linear(x[t, c], [c], w_in[c, f], b_in[f] if b_in else None),
        label="hidden, before",
        about="Hidden units, before the bend.",
    )
    post = m.activation(
        "post",
        [t, f],
        ACTIVATIONS[activation](pre[t, f]),
        label="hidden, after",
        about=f"Hidden units after {activation}, which lets through what is positive.",
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
) -> Tensor:
    """Gated perceptron (Shazeer 2020, arXiv:2002.05202): one half of the hidden units lets the other through.

    Declares ``W_gate W_in W_out`` and ``pre pre_linear post``, and ``mlp_out`` in ``parent``.
    """
    t, c = x.axes
    f = feature
    w_gate = m.weight("W_gate", [c, f], label="gate weights", latex=r"W^{\mathrm{gate}}")
    b_gate = m.weight("b_gate", [f], label="gate bias", latex=r"b^{\mathrm{gate}}") if bias else None
    pre = m.activation(
        "pre",
        [t, f],
        linear(x[t, c], [c], w_gate[c, f], b_gate[f] if b_gate else None),
        label="gate, before",
        about="How far each hidden unit is opened, before the bend.",
    )
    w_in = m.weight("W_in", [c, f], label="expansion weights", latex=r"W^{\mathrm{in}}")
    b_in = m.weight("b_in", [f], label="expansion bias", latex=r"b^{\mathrm{in}}") if bias else None
    pre_linear = m.activation(
        "pre_linear",
        [t, f],
        linear(x[t, c], [c], w_in[c, f], b_in[f] if b_in else None),
        label="hidden, before",
        about="Hidden units, before the gate.",
    )
    post = m.activation(
        "post",
        [t, f],
        ACTIVATIONS[activation](pre[t, f]) * pre_linear[t, f],
        label="hidden, after",
        about=f"Hidden units times their gate after {activation}.",
    )
    return contract(m, post, x, parent=parent, name=name, bias=bias)


def contract(m: Module, post: Tensor, x: Tensor, *, parent: Module, name: str, bias: bool) -> Tensor:
    """Hidden units back to the width of the stream; declares ``W_out``, ``b_out`` and ``name`` in ``parent``."""
    (t, f), c = post.axes, x.axes[1]
    w_out = m.weight("W_out", [f, c], label="contraction weights", latex=r"W^{\mathrm{out}}")
    b_out = m.weight("b_out", [c], label="contraction bias", latex=r"b^{\mathrm{out}}") if bias else None
    return parent.activation(
        name,
        [t, c],
        linear(post[t, f], [f], w_out[f, c], b_out[c] if b_out else None),
        label="MLP output",
        about="What the MLP adds to the residual stream.",
    )
