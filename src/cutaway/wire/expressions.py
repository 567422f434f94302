"""Formulas as they travel: the six kinds of node of ``cutaway.formula``."""

from __future__ import annotations

import msgspec


class Const(msgspec.Struct, tag="const", array_like=True, frozen=True):
    """A number. JSON has no infinities or NaN, so these travel as "inf", "-inf" and "nan"."""

    value: float | str


class Index(msgspec.Struct, tag="index", array_like=True, frozen=True):
    """The value of an axis variable: the integer position along that axis."""

    axis: str


class Size(msgspec.Struct, tag="size", array_like=True, frozen=True):
    """The length of an axis in the current run."""

    axis: str


class Cell(msgspec.Struct, tag="cell", array_like=True, frozen=True):
    """One cell of a tensor; each index is an integer expression, one per axis of the tensor."""

    tensor: str
    indices: list[Expr]


class Apply(msgspec.Struct, tag="apply", array_like=True, frozen=True):
    """An element-wise operation. ``op`` is one of ``formula.OPS``:
    ``+ - * / // % ** neg exp sqrt log tanh erf sin cos abs min max < <= > >= == != and or not where``.
    ``where`` takes (condition, if true, if false) and reads only the branch it takes."""

    op: str
    args: list[Expr]


class Reduce(msgspec.Struct, tag="reduce", array_like=True, frozen=True):
    """``sum``, ``max`` or ``argmax`` of ``body`` over every position of ``axis``."""

    op: str
    axis: str
    body: Expr


Expr = Const | Index | Size | Cell | Apply | Reduce
