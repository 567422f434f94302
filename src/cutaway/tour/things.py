"""What a chapter adds to the scene: copies of cells in flight, marks, notes, cards and plots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cutaway import wire
from cutaway.formula import Axis
from cutaway.tour.blocks import bounds_of
from cutaway.tour.clips import Clip
from cutaway.tour.copy_view import CopyView
from cutaway.tour.errors import TourError, author
from cutaway.tour.sweeps import extent
from cutaway.tour.tensor_view import Cells
from cutaway.tour.timeline import Change, Timeline, Value, sent

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter

FRONT = 0.08
"""Copies lie this much in front of what they are copies of."""


class Card:
    """The explanation of a cell, shown while its opacity is above 0."""

    def __init__(self, target: str | None) -> None:
        self.target = target
        """None: it would say what is not known of a model without values, so it is never there."""

    def opacity(self, value: float) -> Clip:
        return Clip(() if self.target is None else (Change(self.target, "opacity", value),))

    def appear(self) -> Clip:
        return self.opacity(1)

    def vanish(self) -> Clip:
        return self.opacity(0)


@dataclass
class Copies:
    """The copies of one chapter."""

    chapter: Chapter
    made: list[wire.Copy] = field(default_factory=list)

    def of(self, cells: Cells) -> CopyView:
        """A copy of some cells of one slab, where they are."""
        x, y, z = cells.bounds[0].low
        block = cells.view.block
        for axis in (block.depth,):
            if axis is not None and isinstance(cells.index[cells.view.tensor.axes.index(axis)], slice):
                raise TourError(
                    f"{author()}: {cells!r} lies on several slabs; a copy is of one, so name one {axis.kind}"
                )
        size = (_extent(cells, block.columns), _extent(cells, block.rows))
        return self._add(wire.Copy(cells.view.name, selectors(cells)), (x, y, z - FRONT), size, size[0] * size[1])

    def product(self, a: Cells, b: Cells, place: tuple[Value, Value, Value], *, running: bool, shown: int) -> CopyView:
        """The products of two lines of cells, one by one, as a column at a place."""
        lines = [line_of(cells) for cells in (a, b)]
        if lines[0].size != lines[1].size:
            raise TourError(f"{author()}: {a!r} and {b!r} have different lengths, so they have no products")
        many = extent(lines[0])
        size = (1, shown or many)
        copy = wire.Copy(
            a.view.name,
            selectors(a),
            times=wire.Cells(b.view.name, selectors(b)),
            running=running,
            shown=shown,
        )
        return self._add(copy, place, size, 0)

    def _add(
        self, copy: wire.Copy, home: tuple[Value, Value, Value], size: tuple[Value, Value], fill: Value
    ) -> CopyView:
        target = f"copy {len(self.made)}"
        self.made.append(copy)
        for channel, value in (("x", home[0]), ("y", home[1]), ("z", home[2]), ("opacity", 0.0), ("fill", fill)):
            self.chapter.timeline.line(target, channel, base=value)
        return CopyView(self.chapter, target, home, size)


def line_of(cells: Cells) -> Axis:
    """The one axis along which some cells run."""
    axes = [a for a, i in zip(cells.view.tensor.axes, cells.index, strict=True) if isinstance(i, slice)]
    if len(axes) != 1:
        raise TourError(f"{author()}: {cells!r} is not one line of cells")
    return axes[0]


def selectors(cells: Cells) -> list[wire.Selector]:
    """The index of some cells as it is sent."""
    made: list[wire.Selector] = []
    for axis, selector in zip(cells.view.tensor.axes, cells.index, strict=True):
        low, high = bounds_of(selector, axis)
        made.append(wire.Span(sent(low), sent(high)) if isinstance(selector, slice) else sent(low))
    return made


def _extent(cells: Cells, axis: Axis | None) -> Value:
    if axis is None:
        return 1
    selector = cells.index[cells.view.tensor.axes.index(axis)]
    if not isinstance(selector, slice):
        return 1
    low, high = bounds_of(selector, axis)
    return high - low


def start_hidden(timeline: Timeline, target: str) -> None:
    """Things that are added are not seen until something shows them."""
    timeline.line(target, "opacity", base=0.0)
