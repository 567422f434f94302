"""One cell at a time: evaluates an expression at one place of a run, in float64 over the stored values.

What ``explain`` and ``printing`` ask for numbers. Inside a reduction a position is an array, so that a sum
is one pass over a vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from cutaway.arithmetic import scalar, vector
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, Size, nested_sum

Place = dict[Axis, Any]
"""Axis to position: an int, or inside a reduction an integer array."""


class Explainable(Protocol):
    """What an explanation reads: a ``Run``."""

    model: Any

    @property
    def lengths(self) -> Mapping[str, int]: ...

    def __getitem__(self, name: str) -> np.ndarray: ...


@dataclass(frozen=True)
class CellValues:
    """Evaluates expressions at one place of a run."""

    run: Explainable
    _bodies: dict[tuple[int, ...], tuple[list[Axis], Expr, np.ndarray]] = field(default_factory=dict)
    """Reductions already worked out: an explanation asks several times, for the numbers and for the terms."""
    _orders: dict[tuple[int, ...], np.ndarray] = field(default_factory=dict)
    """The same of how their terms rank."""

    def value(self, e: Expr, at: Place) -> Any:
        """The value of ``e``; an array if positions in ``at`` are arrays."""
        match e:
            case Const(value):
                return value
            case Axis():
                return at[e]
            case Size(axis):
                return self.length(axis)
            case Cell(tensor, indices):
                stored = self.run[tensor.name][
                    tuple(self._inside(i, axis, at) for i, axis in zip(indices, tensor.axes, strict=True))
                ]
                if isinstance(stored, np.ndarray):
                    return stored.astype(np.int64 if tensor.integer else np.float64)
                return int(stored) if tensor.integer else float(stored)
            case Apply(op, args):
                return self._apply(op, args, at)
            case Reduce():
                return self._reduced(e, at)
        raise TypeError(f"expected an expression, got {e!r}")

    def length(self, axis: Axis) -> int:
        return axis.length_in(self.run.lengths)

    def _inside(self, index: Expr, axis: Axis, at: Place) -> Any:
        if isinstance(index, Axis):
            return at[index]
        place, last = self.value(index, at), self.length(axis) - 1
        if isinstance(place, np.ndarray):  # outside only in a branch that is not taken
            return np.clip(place, 0, last)
        return min(max(place, 0), last)

    def _apply(self, op: str, args: Sequence[Expr], at: Place) -> Any:
        if op == "where":
            condition = self.value(args[0], at)
            if isinstance(condition, np.ndarray):
                return np.where(condition, self.value(args[1], at), self.value(args[2], at))
            return self.value(args[1] if condition else args[2], at)
        values = [self.value(a, at) for a in args]
        if any(isinstance(v, np.ndarray) for v in values):
            return vector(op, *values)
        return scalar(op, *values)

    def bodies(self, e: Reduce, at: Place) -> tuple[list[Axis], Expr, np.ndarray]:
        """The reduced axes, the body and its value at every position: [*axes]."""
        axes, body = nested_sum(e)
        key = () if any(isinstance(v, np.ndarray) for v in at.values()) else (id(e), *at.values())
        if key in self._bodies:
            return self._bodies[key]
        inner, rank = self.along(axes, at)
        value = np.asarray(self.value(body, inner))
        shape = (1,) * rank + tuple(self.length(a) for a in axes)
        found = axes, body, np.broadcast_to(value, np.broadcast_shapes(value.shape, shape))
        if key:
            self._bodies[key] = found
        return found

    def along(self, axes: Sequence[Axis], at: Place) -> tuple[Place, int]:
        """The place with arrays of all positions for ``axes``, behind the dimensions of the arrays in ``at``;
        and how many those are."""
        rank = max((v.ndim for v in at.values() if isinstance(v, np.ndarray)), default=0)
        new = (None,) * len(axes)
        inner: Place = (
            {k: v[(..., *new)] if isinstance(v, np.ndarray) else v for k, v in at.items()} if rank else dict(at)
        )
        for place, axis in enumerate(axes):
            after = (1,) * (len(axes) - place - 1)
            inner[axis] = np.arange(self.length(axis)).reshape((1,) * (rank + place) + (-1, *after))
        return inner, rank

    def _reduced(self, e: Reduce, at: Place) -> Any:
        axes, _, value = self.bodies(e, at)
        over = tuple(range(value.ndim - len(axes), value.ndim))
        with np.errstate(all="ignore"):
            match e.op:
                case "sum":
                    total = value.sum(axis=over)
                case "max":
                    total = value.max(axis=over)
                case _:
                    total = value.argmax(axis=over[0])
        return total if np.ndim(total) else total.item()

    def largest(self, e: Reduce, at: Place, count: int) -> tuple[Expr, list[Place], int]:
        """The body of a reduction, where its ``count`` largest terms stand, and how many there are."""
        axes, body, value = self.bodies(e, at)
        first = np.unravel_index(self.order(e, at)[:count], value.shape)
        places = [{**at, **dict(zip(axes, place, strict=True))} for place in np.stack(first, axis=1).tolist()]
        return body, places, value.size

    def order(self, e: Reduce, at: Place) -> np.ndarray:
        """Flat positions of the terms of a reduction, largest first: by absolute value in a sum, by value in a maximum;
        NaN first."""
        key = (id(e), *at.values())
        if key not in self._orders:
            flat = self.bodies(e, at)[2].reshape(-1).astype(np.float64)
            size = np.abs(flat) if e.op == "sum" else flat
            self._orders[key] = np.argsort(-np.where(np.isnan(size), np.inf, size), kind="stable")
        return self._orders[key]
