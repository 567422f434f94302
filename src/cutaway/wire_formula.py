"""Formulas in the wire format: the expressions of ``formula`` as the browser reads them.

Both the bundle (formulas of tensors) and tours (numbers that wait for a run) send expressions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from cutaway import wire
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Readable, Reduce, Size, apply


def wire_expr(e: Expr) -> wire.Expr:
    """An expression as the browser reads it."""
    match e:
        case Const(value):
            return wire.Const(value if math.isfinite(value) else str(value))
        case Axis():
            return wire.Index(e.name)
        case Size(axis):
            return wire.Size(axis.name)
        case Cell(tensor, indices):
            return wire.Cell(tensor.name, [wire_expr(i) for i in indices])
        case Apply(op, args):
            return wire.Apply(op, [wire_expr(a) for a in args])
        case Reduce(op, axis, body):
            return wire.Reduce(op, axis.name, wire_expr(body))
    raise TypeError(f"expected an expression, got {e!r}")


def formula_of(e: wire.Expr, axes: Mapping[str, Axis], tensors: Mapping[str, Readable]) -> Expr:
    """The inverse of ``wire_expr``; ``axes`` and ``tensors`` by name."""
    match e:
        case wire.Const(value):
            return Const(float(value) if isinstance(value, str) or value != int(value) else int(value))
        case wire.Index(axis):
            return axes[axis]
        case wire.Size(axis):
            return Size(axes[axis])
        case wire.Cell(tensor, indices):
            return Cell(tensors[tensor], tuple(formula_of(i, axes, tensors) for i in indices))
        case wire.Apply(op, args):
            return apply(op, *(formula_of(a, axes, tensors) for a in args))
        case wire.Reduce(op, axis, body):
            return Reduce(op, axes[axis], formula_of(body, axes, tensors))
    raise TypeError(f"expected an expression, got {e!r}")
