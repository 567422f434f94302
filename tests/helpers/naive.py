"""Formulas evaluated one cell at a time with plain Python loops: what the definition says, and nothing else.

Independent of ``lower`` and ``explain``, which are compared with it. Every number carries a bound on
the error that arithmetic with rounding unit ``eps`` may have made (running error analysis, Higham 2002,
section 3.3), so that a comparison needs no hand-picked tolerance. Where rounding could change which way
a comparison goes, ``Ambiguous`` is raised and the cell has no single right value.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, Size

FLOAT32 = 2.0**-23
FLOAT64 = 2.0**-52
LARGEST = 1e30
"""Beyond this float32 may overflow where Python's floats do not."""

Number = int | float | bool


class Ambiguous(Exception):
    """Rounding decides the value."""


@dataclass
class Naive:
    """Evaluates at one place; remembers which cells it read."""

    values: Mapping[str, np.ndarray]
    tokens: int
    eps: float = FLOAT32
    read: set[tuple[str, tuple[int, ...]]] = field(default_factory=set)

    def length(self, axis: Axis) -> int:
        return self.tokens if axis.dynamic else axis.size

    def value(self, e: Expr, at: Mapping[Axis, int]) -> tuple[Number, float]:
        """The value of ``e`` and a bound on its error."""
        match e:
            case Const(value):
                return value, 0.0 if isinstance(value, int) else self.rounding(value)
            case Axis():
                return at[e], 0.0
            case Size(axis):
                return self.length(axis), 0.0
            case Cell(tensor, indices):
                index = tuple(int(self.value(i, at)[0]) for i in indices)
                array = self.values[tensor.name]
                assert all(0 <= i < n for i, n in zip(index, array.shape, strict=True)), (tensor.name, index)
                self.read.add((tensor.name, index))
                stored = array[index]
                return (int(stored) if tensor.integer else float(stored)), 0.0
            case Apply("where", (condition, a, b)):
                return self.value(a if self.value(condition, at)[0] else b, at)
            case Apply(op, args):
                return self.applied(op, [self.value(a, at) for a in args])
            case Reduce(op, axis, body):
                return self.reduced(op, [self.value(body, {**at, axis: k}) for k in range(self.length(axis))])
        raise TypeError(e)

    def rounding(self, x: Number) -> float:
        return 0.0 if not math.isfinite(x) else self.eps * abs(x)

    def reduced(self, op: str, terms: list[tuple[Number, float]]) -> tuple[Number, float]:
        values = [v for v, _ in terms]
        if op == "sum":
            total = sum(values)
            if all(isinstance(v, int) for v in values):
                return total, 0.0
            slack = len(terms) * self.eps * sum(abs(v) for v in values) if math.isfinite(total) else 0.0
            return self.bounded(total, sum(e for _, e in terms) + slack)
        if any(math.isnan(v) for v in values):
            raise Ambiguous  # libraries differ on whether NaN is the largest
        best = max(values)
        if op == "max":
            return best, max(e for v, e in terms)
        first = values.index(best)
        for k, (v, e) in enumerate(terms):
            if k != first and best - v <= e + terms[first][1] and not (v == best and e == 0 == terms[first][1]):
                raise Ambiguous
        return first, 0.0

    def applied(self, op: str, args: list[tuple[Number, float]]) -> tuple[Number, float]:
        values, errors = [v for v, _ in args], [e for _, e in args]
        if op in ("<", "<=", ">", ">=", "==", "!="):
            a, b = values
            if sum(errors) > 0 and not abs(a - b) > sum(errors):
                raise Ambiguous
            return bool(COMPARE[op](a, b)), 0.0
        if op in ("and", "or", "not"):
            return {"and": all(values), "or": any(values), "not": not values[0]}[op], 0.0
        if op in ("//", "%") and not all(isinstance(v, int) for v in values):
            raise Ambiguous
        with np.errstate(all="ignore"):
            result = FUNCTIONS[op](*values)
        if isinstance(result, int):
            return result, 0.0
        return self.bounded(result, self.propagated(op, values, errors) + 4 * self.rounding(result))

    def bounded(self, value: Number, error: float) -> tuple[Number, float]:
        if math.isfinite(value) and abs(value) > LARGEST:
            raise Ambiguous
        if math.isfinite(value) and not error <= 0.01 * max(1.0, abs(value)):
            raise Ambiguous
        return value, 0.0 if not math.isfinite(value) else max(error, 1e-38)

    def propagated(self, op: str, values: Sequence[Number], errors: Sequence[float]) -> float:
        """How far the result moves when the arguments move by their errors: the largest of the corners."""
        if not any(errors):
            return 0.0
        corners = itertools.product(
            *(((v,) if e == 0 else (v - e, v, v + e)) for v, e in zip(values, errors, strict=True))
        )
        with np.errstate(all="ignore"):
            found = [FUNCTIONS[op](*corner) for corner in corners]
        if all(math.isfinite(f) for f in found):
            return 2 * (max(found) - min(found))
        if all(f == found[0] or (math.isnan(f) and math.isnan(found[0])) for f in found):
            return 0.0
        raise Ambiguous


def _float(f: Callable[..., np.floating]) -> Callable[..., float]:
    """The function in IEEE 754 arithmetic, where Python would raise."""
    return lambda *args: float(f(*(np.float64(a) for a in args)))


def _erf(x: float) -> float:
    return math.nan if math.isnan(x) else math.erf(x)


def _plain(f: Callable[..., Number], g: Callable[..., np.floating]) -> Callable[..., Number]:
    """``f`` on integers, else ``g`` on floats."""
    return lambda *args: f(*args) if all(isinstance(a, int) for a in args) else _float(g)(*args)


FUNCTIONS: dict[str, Callable[..., Number]] = {
    "+": _plain(lambda a, b: a + b, np.add),
    "-": _plain(lambda a, b: a - b, np.subtract),
    "*": _plain(lambda a, b: a * b, np.multiply),
    "/": _float(np.true_divide),
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": _plain(lambda a, b: a**b, np.power),
    "neg": lambda a: -a,
    "abs": lambda a: abs(a),
    "min": _plain(min, np.minimum),
    "max": _plain(max, np.maximum),
    "exp": _float(np.exp),
    "sqrt": _float(np.sqrt),
    "log": _float(np.log),
    "tanh": _float(np.tanh),
    "sin": _float(np.sin),
    "cos": _float(np.cos),
    "erf": lambda a: _erf(float(a)),
}

COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def places(axes: Sequence[Axis], tokens: int) -> Iterator[dict[Axis, int]]:
    """Every cell of a tensor, as axis to position."""
    for index in itertools.product(*(range(tokens if a.dynamic else a.size) for a in axes)):
        yield dict(zip(axes, index, strict=True))


def agrees(found: float, expected: Number, error: float) -> bool:
    """Whether ``found`` is ``expected`` up to ``error``; NaN agrees with NaN, infinities with themselves."""
    if math.isnan(expected) or math.isinf(expected):
        return found == expected or (math.isnan(found) and math.isnan(expected))
    return abs(found - expected) <= error
