"""What one lowering knows while it goes through a formula: the order of its axes, and the tensors it reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cutaway.formula import Apply, Axis, Cell, Expr, Readable, Reduce
from cutaway.lower.nodes import Node


@dataclass(slots=True)
class Scope:
    """Shared by the functions that lower one kind of expression each; ``node`` lowers any."""

    node: Callable[[Expr], Node]
    order: list[Axis]
    """Every axis of the formula; the arrays of all nodes keep this order, so that none is ever transposed twice."""
    reads: list[Readable] = field(default_factory=list)
    by_position: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    """Which of ``reads`` are asked for one position at a time, and which for all of it."""

    def sorted(self, axes: set[Axis]) -> tuple[Axis, ...]:
        """Axes in the formula's order."""
        return tuple(a for a in self.order if a in axes)

    def read(self, tensor: Readable) -> int:
        """The place of a tensor among ``reads``, where it is put when it is read for the first time."""
        for i, known in enumerate(self.reads):
            if known.name == tensor.name:
                return i
        self.reads.append(tensor)
        return len(self.reads) - 1


def order_of(formula: Expr, axes: Sequence[Axis]) -> list[Axis]:
    """The axes of the result, then those that are summed over, as they come."""
    order = list(axes)

    def collect(e: Expr) -> None:
        if isinstance(e, Reduce) and e.axis not in order:
            order.append(e.axis)
        match e:
            case Cell(_, parts) | Apply(_, parts):
                for part in parts:
                    collect(part)
            case Reduce(_, _, body):
                collect(body)

    collect(formula)
    return order
