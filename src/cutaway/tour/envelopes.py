"""Numbers that grow evenly with the lengths of a run, and the largest or smallest of several such.

What is in view reaches as far as the run does, so where the camera stands follows from its lengths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cutaway.formula import Apply, Axis, Const, Expr, Size, length, maximum, minimum

Value = float | Expr


@dataclass(frozen=True)
class Straight:
    """``start + sum of slope * length``, with an axis for each input whose length counts."""

    start: float
    slopes: dict[str, float] = field(default_factory=dict)
    axes: dict[str, Axis] = field(default_factory=dict)

    @staticmethod
    def sum(weights: Sequence[float], parts: Sequence[Straight]) -> Straight:
        """Several of them, each so many times."""
        start, slopes, axes = 0.0, {}, {}
        for weight, part in zip(weights, parts, strict=True):
            start += weight * part.start
            for name, slope in part.slopes.items():
                slopes[name] = slopes.get(name, 0.0) + weight * slope
                axes[name] = part.axes[name]
        return Straight(start, slopes, axes)

    def at(self, lengths: dict[str, int]) -> float:
        return self.start + sum(slope * lengths[name] for name, slope in self.slopes.items())

    @property
    def value(self) -> Value:
        """As a number, or as an expression that waits for the run."""
        made: Value = self.start
        for name, slope in self.slopes.items():
            if abs(slope) > 1e-9:
                made = made + round(slope, 6) * length(self.axes[name])
        return made


def straight(value: Value) -> Straight | None:
    """A value as such a number; none when it depends on anything but lengths."""
    match value:
        case int() | float():
            return Straight(float(value))
        case Const(number):
            return Straight(float(number))
        case Size(axis):
            name = str(axis.length_of)
            return Straight(0.0, {name: 1.0}, {name: axis})
        case Apply("+" | "-" as op, (a, b)):
            first, second = straight(a), straight(b)
            if first is not None and second is not None:
                return Straight.sum((1.0, 1.0 if op == "+" else -1.0), (first, second))
        case Apply("*", (a, b)):
            first, second = straight(a), straight(b)
            if first is not None and second is not None and not (first.slopes and second.slopes):
                factor, other = (first.start, second) if not first.slopes else (second.start, first)
                return Straight.sum((factor,), (other,))
    return None


def envelope(lines: Sequence[Straight], *, largest: bool) -> Value:
    """The largest (or smallest) of several, for any lengths."""
    axes = {name: axis for line in lines for name, axis in line.axes.items()}
    kept: dict[tuple, Straight] = {}
    for lengths in _samples(axes):
        found = (max if largest else min)(lines, key=lambda line: line.at(lengths))
        kept[round(found.start, 6), tuple(sorted((k, round(v, 6)) for k, v in found.slopes.items() if v))] = found
    first, *rest = (line.value for line in kept.values())
    for value in rest:
        first = maximum(first, value) if largest else minimum(first, value)
    return first


def _samples(axes: dict[str, Axis]) -> Iterator[dict[str, int]]:
    """Lengths to look at: 1, 2, 4 and so on up to the longest, of one input at a time and of all."""
    longest = max((a.size for a in axes.values()), default=1)
    n = 1
    while n < 2 * longest:
        yield {name: min(n, axis.size) for name, axis in axes.items()}
        for one in axes if len(axes) > 1 else ():
            yield {name: min(n, axis.size) if name == one else 1 for name, axis in axes.items()}
        n *= 2
