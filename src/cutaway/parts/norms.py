"""Normalisation of a token's vector, or of a head's: layer norm and root mean square norm."""

from __future__ import annotations

from functools import reduce

from cutaway.definition import Module, Reference, Tensor
from cutaway.formula import Expr, Sum, length, sqrt


def layer_norm(
    m: Module, x: Tensor | Reference, *, epsilon: float, affine: bool = True, into: tuple[Module, str] | None = None
) -> Tensor:
    """Layer normalisation (Ba, Kiros and Hinton 2016, arXiv:1607.06450) of ``x[t, c]`` over ``c``.

    Declares ``w[c]``, ``b[c]`` (if ``affine``), ``mean[t]``, ``var[t]`` and the result, which it returns:
    ``normalized[t, c]``, or what ``into`` names.
    """
    t, c = x.axes
    scale = shift = None
    if affine:
        scale = m.weight("w", [c], label="scale", latex=r"\gamma", about="Multiplies each normalized channel.")
        shift = m.weight("b", [c], label="shift", latex=r"\beta", about="Is added to each normalized channel.")
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
    value: Expr = (x[t, c] - mean[t]) / sqrt(var[t] + epsilon)
    if scale is not None and shift is not None:
        value = value * scale[c] + shift[c]
    parent, name = into or (m, "normalized")
    return parent.activation(
        name,
        [t, c],
        value,
        label="normalized stream" if into else "normalized",
        about="Each token's vector brought to mean 0 and variance 1"
        + (", then scaled and shifted." if affine else "."),
    )


def rms_norm(
    m: Module,
    x: Tensor | Reference,
    *,
    epsilon: float,
    plus_one: bool = False,
    over: int = 1,
    into: tuple[Module, str] | None = None,
    label: str = "normalized",
) -> Tensor:
    """Root mean square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467) of ``x`` over its last axes.

    ``over``: how many axes are normalised together: 1 for the channels of a token or of a head, 2 for all
    heads of a token at once. ``plus_one``: the weights are stored as their distance from 1, as in Gemma.
    Declares ``w``, ``scale`` and the result, which it returns: ``normalized``, or what ``into`` names.
    """
    kept, summed = list(x.axes[:-over]), list(x.axes[-over:])
    about = "How much more than once each normalized channel counts: it is multiplied by 1 plus this."
    about = about if plus_one else "Multiplies each normalized channel."
    w = m.weight("w", summed, label="scale", latex=r"\gamma", about=about)
    squares: Expr = x[tuple(x.axes)] ** 2
    for axis in reversed(summed):
        squares = Sum(axis, squares)
    count: Expr = reduce(lambda a, b: a * b, (length(a) for a in summed))
    scale = m.statistic(
        "scale",
        kept,
        sqrt(squares / count + epsilon),
        label="root mean square",
        latex=r"\mathrm{rms}",
        about="The root of the average square, by which the vector is divided.",
    )
    weight: Expr = w[tuple(summed)]
    parent, name = into or (m, "normalized")
    return parent.activation(
        name,
        x.axes,
        x[tuple(x.axes)] / scale[tuple(kept)] * (1.0 + weight if plus_one else weight),
        label=label,
        about="The vector divided by its root mean square, then scaled channel by channel.",
    )


def head_norm(m: Module, name: str, x: Tensor, *, epsilon: float, plus_one: bool = False, over: int = 1) -> Tensor:
    """Queries or keys normalised before they meet: each head alone, or with ``over=2`` all heads together."""
    part = m.module(name, label="Query norm" if name.startswith("q") else "Key norm", kind="norm")
    return rms_norm(part, x, epsilon=epsilon, plus_one=plus_one, over=over, label=f"normalized {x.label}")
