"""The multilayer perceptron of a block: plain, or gated."""

from __future__ import annotations

from typing import NamedTuple

from cutaway.definition import Module, Tensor
from cutaway.formula import Axis
from cutaway.parts.functions import ACTIVATIONS, activation_name, activation_word, after_activation
from cutaway.parts.linear import linear


class _IntoUnits(NamedTuple):
    """A linear map from the stream into hidden units."""

    short: str
    what: str
    says: str
    """What the vector of a unit is for."""


EXPANSION = _IntoUnits("in", "expansion", "what it responds to.")
GATE = _IntoUnits("gate", "gate", "what opens its gate.")


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
    t, f, word = x.axes[0], feature, activation_word(activation)
    about = "Hidden units, before the activation function."
    pre = _hidden(m, "pre", x, EXPANSION, feature=f, bias=bias, label=f"hidden, before {word}", about=about)
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
    t, f, word = x.axes[0], feature, activation_word(activation)
    opened = f"How far each hidden unit is opened, before {activation_name(activation)}."
    pre = _hidden(m, "pre", x, GATE, feature=f, bias=bias, label=f"gate, before {word}", about=opened)
    ungated = "Hidden units, before their gates."
    pre_linear = _hidden(
        m, "pre_linear", x, EXPANSION, feature=f, bias=bias, label="hidden, before gate", about=ungated
    )
    post = m.activation(
        "post",
        [t, f],
        ACTIVATIONS[activation](pre[t, f]) * pre_linear[t, f],
        label="hidden, gated",
        about=after_activation("Hidden units times their gates", activation),
    )
    return contract(m, post, x, parent=parent, name=name, bias=bias, label=label, about=about)


def _hidden(
    m: Module, name: str, x: Tensor, into: _IntoUnits, *, feature: Axis, bias: bool, label: str, about: str
) -> Tensor:
    """``name[t, f]``, hidden units from the stream ``x[t, c]``; declares ``W_short[c, f]`` and ``b_short[f]`` too."""
    (t, c), f = x.axes, feature
    short, what, says = into
    above = rf"^{{\mathrm{{{short}}}}}"
    w = m.weight(
        f"W_{short}", [c, f], label=f"{what} weights", latex="W" + above, about=f"One vector per hidden unit: {says}"
    )
    b = m.weight(f"b_{short}", [f], label=f"{what} bias", latex="b" + above) if bias else None
    return m.activation(name, [t, f], linear(x[t, c], [c], w[c, f], b[f] if b else None), label=label, about=about)


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
