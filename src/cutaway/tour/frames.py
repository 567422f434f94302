"""What a camera has to show to see some boxes, whatever the run: numbers, or expressions that wait for its lengths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from cutaway.formula import Apply, Const, Expr, Size
from cutaway.tour.blocks import Bounds
from cutaway.tour.envelopes import Straight, envelope, straight
from cutaway.tour.timeline import Value

CORNERS = [[3 * (corner >> k & 1) + k for k in range(3)] for corner in range(8)]
"""Where the coordinates of each corner stand among the six of a box."""


def view(parts: Iterable[Bounds], azimuth: float, elevation: float) -> tuple[Value, ...]:
    """What a camera has to show to see all of ``parts`` from a direction: middle, extent, and how much
    nearer than the middle the nearest part is: ``x y z width height near``.

    The axes of the view are those of ``client/src/render/fit.ts``.
    """
    sin_a, cos_a = math.sin(azimuth), math.cos(azimuth)
    sin_e, cos_e = math.sin(elevation), math.cos(elevation)
    axes = (
        (cos_a, 0.0, sin_a),
        (-sin_a * sin_e, -cos_e, cos_a * sin_e),
        (sin_a * cos_e, -sin_e, -cos_a * cos_e),
    )
    parts = list(parts)
    if any(isinstance(v, Expr) for p in parts for v in (*p.low, *p.high)):
        return _view_in_a_run(parts, axes)
    along = np.asarray([(*p.low, *p.high) for p in parts], float)[:, CORNERS] @ np.asarray(axes).T
    low, high = along.min((0, 1)).tolist(), along.max((0, 1)).tolist()
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    x, y, z = (sum(middle[k] * axes[k][i] for k in range(3)) for i in range(3))
    return x, y, z, high[0] - low[0], high[1] - low[1], (high[2] - low[2]) / 2


def corners(parts: Iterable[Bounds]) -> Iterator[list[Value]]:
    """The corners of boxes."""
    for p in parts:
        for corner in range(8):
            yield [(p.high if corner >> k & 1 else p.low)[k] for k in range(3)]


def _view_in_a_run(parts: list[Bounds], axes: Sequence[Sequence[float]]) -> tuple[Value, ...]:
    """The same where corners depend on the lengths of the run; where some depend on values, around the first of
    these."""
    points = [[straight(v) for v in point] for point in corners(parts)]
    if any(v is None for point in points for v in point):
        return _view_of_one(parts, axes)
    low, high = [], []
    for axis in axes:
        along = [Straight.sum(axis, [v for v in point if v is not None]) for point in points]
        low.append(envelope(along, largest=False))
        high.append(envelope(along, largest=True))
    middle = [(a + b) * 0.5 for a, b in zip(low, high, strict=True)]
    x, y, z = (sum((middle[k] * axes[k][i] for k in range(3)), 0.0) for i in range(3))
    return x, y, z, high[0] - low[0], high[1] - low[1], (high[2] - low[2]) * 0.5


def _view_of_one(parts: list[Bounds], axes: Sequence[Sequence[float]]) -> tuple[Value, ...]:
    """The same around places that depend on the run: the first such part is put in the middle."""
    moving = next(p for p in parts if any(isinstance(v, Expr) for v in (*p.low, *p.high)))
    middle = tuple((a + b) / 2 for a, b in zip(moving.low, moving.high, strict=True))
    sizes = tuple(b - a for a, b in zip(moving.low, moving.high, strict=True))
    extents = [sum((abs(axis[k]) * sizes[k] for k in range(3)), 0.0) for axis in axes]
    return (*middle, extents[0], extents[1], extents[2] / 2)


def estimate(value: Value, most: int | None = None) -> float | None:
    """The value of an expression for the longest prompt, or for one of ``most`` tokens; none when it reads cells."""
    match value:
        case int() | float():
            return float(value)
        case Const(number):
            return float(number)
        case Size(axis):
            return float(axis.size if most is None or not axis.dynamic else min(axis.size, most))
        case Apply(op, args):
            found = [estimate(a, most) for a in args]
            if None in found:
                return None
            return OPERATIONS[op](*found) if op in OPERATIONS else None
    return None


OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "max": max,
    "min": min,
    "log": lambda a: math.log(max(a, 1e-3)),
}


def at_full_length(parts: Iterable[Bounds], most: int | None = None) -> list[Bounds]:
    """Boxes as they are for the longest prompt, or for one of ``most`` tokens: those of a model of which nothing but
    the structure is known."""
    return [Bounds(_fixed(p.low, most), _fixed(p.high, most)) for p in parts]


def _fixed(point: tuple[Value, Value, Value], most: int | None) -> tuple[Value, Value, Value]:
    x, y, z = (v if (found := estimate(v, most)) is None else found for v in point)
    return x, y, z
