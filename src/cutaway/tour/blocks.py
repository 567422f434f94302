"""The block of cells that one tensor is in the picture, and the boxes around pieces of it.

Coordinates are the scene's: cells, ``x`` right, ``y`` down, ``z`` away. Positions may depend on the run
(the last token, for example) and are then expressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cutaway.definition import BoundTensor
from cutaway.formula import Axis, length
from cutaway.tour.timeline import Value

SHORT = 32
"""Contexts up to this length are shown whole, whatever the prompt."""

Selector = Value | slice
"""One position along an axis, or a piece of it: from ``start`` to before ``stop``, of step 1."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in the scene, from one corner to the opposite one."""

    low: tuple[Value, Value, Value]
    high: tuple[Value, Value, Value]


@dataclass(frozen=True)
class Block:
    """The place of one tensor."""

    tensor: BoundTensor
    x: float
    y: float
    z: float
    columns: Axis | None
    rows: Axis | None
    depth: Axis | None
    pitch: float

    @property
    def slabs(self) -> int:
        return 1 if self.depth is None else self.depth.size

    @property
    def bounds(self) -> Bounds:
        """All of it, at the full context length."""
        width, height = size_of(self.columns), size_of(self.rows)
        return Bounds(
            (self.x, self.y, self.z),
            (self.x + width, self.y + height, self.z + (self.slabs - 1) * self.pitch + 1),
        )

    @property
    def shown(self) -> Bounds:
        """What a camera shows of it: all, but where the context is long no more than the run fills."""
        whole = self.bounds
        width, height = _shown_size(self.columns), _shown_size(self.rows)
        return Bounds(whole.low, (self.x + width, self.y + height, whole.high[2]))

    def slab(self, k: int) -> Bounds:
        """What is shown of one slab of it."""
        all_of_it = self.shown
        z = self.z + k * self.pitch
        return Bounds((*all_of_it.low[:2], z), (*all_of_it.high[:2], z + 1))

    def position(self, axis: Axis | None, index: Sequence[Selector]) -> tuple[Value, Value]:
        """From where to before where the selected cells lie along an axis of the block."""
        if axis is None:
            return 0, 1
        return bounds_of(index[self.tensor.axes.index(axis)], axis)

    def cells(self, index: Sequence[Selector]) -> Bounds:
        """The box around some of its cells."""
        x0, x1 = self.position(self.columns, index)
        y0, y1 = self.position(self.rows, index)
        z0, z1 = self.position(self.depth, index)
        return Bounds(
            (self.x + x0, self.y + y0, self.z + z0 * self.pitch),
            (self.x + x1, self.y + y1, self.z + (z1 - 1) * self.pitch + 1),
        )


def target_of(block: Block, slab: int) -> str:
    """The name of a slab as a target."""
    return f"{block.tensor.name}#{slab}" if block.slabs > 1 else block.tensor.name


def size_of(axis: Axis | None) -> int:
    return 1 if axis is None else axis.size


def _shown_size(axis: Axis | None) -> Value:
    if axis is None:
        return 1
    return length(axis) if axis.dynamic and axis.size > SHORT else axis.size


def bounds_of(selector: Selector, axis: Axis) -> tuple[Value, Value]:
    """From where to before where a selector reaches along its axis, of the run when that is dynamic."""
    if isinstance(selector, slice):
        start = 0 if selector.start is None else selector.start
        whole: Value = length(axis) if axis.dynamic else axis.size
        return start, whole if selector.stop is None else selector.stop
    return selector, selector + 1
