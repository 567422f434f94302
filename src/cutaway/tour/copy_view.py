"""Copies of cells that leave their place, as a chapter moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cutaway.tour.clips import Clip
from cutaway.tour.timeline import Change, Value

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter


class CopyView:
    """Cells in flight, or the products of two lines of cells. See ``Cells.copy`` and ``Chapter.product``."""

    def __init__(
        self, chapter: Chapter, target: str, home: tuple[Value, Value, Value], size: tuple[Value, Value]
    ) -> None:
        self.chapter = chapter
        self.target = target
        self.home = home
        """Where its top left corner is at first."""
        self.size = size
        """Columns and rows, as it lies at first."""

    def move(
        self,
        to: tuple[Value, Value, Value] | None = None,
        *,
        x: Value | None = None,
        y: Value | None = None,
        z: Value | None = None,
        turn: float | None = None,
    ) -> Clip:
        """Fly so that its top left corner comes to a place; ``turn``: quarters of a turn."""
        if to is not None:
            x, y, z = to
        given = {"x": x, "y": y, "z": z, "turn": turn}
        return Clip(tuple(Change(self.target, k, v) for k, v in given.items() if v is not None))

    def opacity(self, value: float) -> Clip:
        return Clip((Change(self.target, "opacity", value),))

    def appear(self) -> Clip:
        return self.opacity(1)

    def vanish(self) -> Clip:
        return self.opacity(0)

    def highlight(self, value: float = 1.0) -> Clip:
        return Clip((Change(self.target, "highlight", value),))

    def fill(self, cells: Value) -> Clip:
        """So many of its cells are there."""
        return Clip((Change(self.target, "fill", cells),))

    def slide(self, cell: Value) -> Clip:
        """Which cell is seen first, when it is seen in part only."""
        return Clip((Change(self.target, "slide", cell),))
