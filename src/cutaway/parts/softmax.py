"""Softmax, each of its statistics a tensor of its own."""

from __future__ import annotations

from cutaway.definition import Module, Tensor
from cutaway.formula import Axis, Expr, Max, Sum, exp, maximum


def softmax(
    m: Module, x: Tensor, over: Axis, *, name: str, label: str, about: str, sink: Tensor | None = None
) -> Tensor:
    """Softmax of ``x`` over one axis, made stable by subtracting the maximum.

    ``sink``: one more score that takes part and is then left out, over some of the other axes of ``x``.
    Declares the statistics ``{x}_max`` and ``{x}_expsum`` and the result ``name``, which it returns.
    """
    short = x.name.rsplit(".", 1)[-1]
    kept = [a for a in x.axes if a is not over]
    all_axes, kept_axes = tuple(x.axes), tuple(kept)
    largest: Expr = Max(over, x[all_axes])
    top = m.statistic(
        f"{short}_max",
        kept,
        largest if sink is None else maximum(largest, sink[tuple(sink.axes)]),
        label="maximum",
        about="Subtracted before the exponential, so that it cannot overflow.",
    )
    total: Expr = Sum(over, exp(x[all_axes] - top[kept_axes]))
    if sink is not None:
        total = total + exp(sink[tuple(sink.axes)] - top[kept_axes])
    expsum = m.statistic(
        f"{short}_expsum",
        kept,
        total,
        label="sum of exponentials",
        about="What the exponentials are divided by, so that they add up to 1"
        + ("." if sink is None else ", with the share of the sink."),
    )
    return m.activation(name, x.axes, exp(x[all_axes] - top[kept_axes]) / expsum[kept_axes], label=label, about=about)
