"""Linear maps: a sum over axes of a value times a weight, plus a bias."""

from __future__ import annotations

from collections.abc import Sequence

from cutaway.definition import Module, Tensor
from cutaway.formula import Axis, Cell, Expr, Sum


def linear(x: Cell | Expr, over: Sequence[Axis], weight: Cell, bias: Cell | None = None) -> Expr:
    """Sum over the axes ``over`` of ``x * weight``, plus ``bias``."""
    e: Expr = x * weight
    for axis in reversed(over):
        e = Sum(axis, e)
    return e if bias is None else e + bias


def add(block: Module, name: str, *parts: Tensor, about: str, factor: float = 1.0) -> Tensor:
    """The residual stream after something was added to it: ``parts`` cell by cell, the stream first.

    ``factor``: what all but the stream are multiplied with.
    """
    axes = tuple(parts[0].axes)
    total: Expr = parts[0][axes]
    for part in parts[1:]:
        total = total + (part[axes] if factor == 1.0 else part[axes] * factor)
    return block.activation(name, axes, total, label="residual stream", about=about)
