"""Blocks that are filled bit by bit, and blocks whose columns or rows part: what stands still about it.

In what order a block is filled is the same for a whole chapter, so that any moment follows from the
numbers of its channels alone. A block that is swept in a chapter is empty at its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cutaway import wire
from cutaway.formula import Axis, length
from cutaway.tour.blocks import Block, Selector, bounds_of
from cutaway.tour.errors import MissingPart, TourError, author
from cutaway.tour.places import Places
from cutaway.tour.slabs import Partition, Slabs
from cutaway.tour.timeline import Change, Group, Timeline, Value, sent

BY = ("cell", "column", "row")


@dataclass
class _Sweep:
    by: str
    column: Value | None
    row: Value | None
    is_new: bool = True


Pieces = tuple[slice | None, slice | None]
"""The columns and the rows that part from the rest."""


@dataclass
class Sweeps:
    """The sweeps and splits of one chapter."""

    chapter: str
    places: Places
    timeline: Timeline
    _sweeps: Partition[_Sweep] = field(default_factory=lambda: Partition[_Sweep]())
    _splits: Partition[Pieces] = field(default_factory=lambda: Partition[Pieces]())

    def clip(
        self,
        name: str,
        slabs: Slabs,
        by: str,
        part: float,
        others_done: bool,
        at: dict[str, Value],
        cells: int | None = None,
    ) -> list[Change]:
        """What fills slabs of a tensor, or with an axis in ``at`` one line of each, or the first ``cells`` of that."""
        if by not in BY:
            raise TourError(f"chapter {self.chapter!r} ({author()}): a sweep goes by {', '.join(BY)}, got {by!r}")
        block = self.places[name]
        column, row = self._line(block, at)
        found = self._sweeps.of(slabs, new=lambda: _Sweep(by, column, row), copy=replace)
        for own, spec in found:
            if spec.is_new:
                spec.is_new = False
                self._empty(own, "first", 0.0)
                self._empty(own, "rest", count(block, by) if others_done else 0.0)
        if column is not None or row is not None:
            for own, spec in found:
                if spec.column is None and spec.row is None:
                    spec.column, spec.row = column, row
                if repr((column, row)) != repr((spec.column, spec.row)):
                    raise TourError(
                        f"chapter {self.chapter!r} ({author()}): {self.places.called(own)} already has a line that is "
                        "filled first; in one chapter there can be one"
                    )
            along = block.rows if column is not None else block.columns
            return [Change(slabs, "first", share(part, extent(along)) if cells is None else cells)]
        for own, spec in found:
            if by != spec.by and any(line.times for _, line in self.timeline.lines_of(own, "rest")):
                raise TourError(
                    f"chapter {self.chapter!r} ({author()}): {self.places.called(own)} is already filled by {spec.by}, "
                    f"now by {by}; in one chapter there can be one order"
                )
            spec.by = by
        return [Change(slabs, "rest", share(part, count(block, by)))]

    def split(self, name: str, slabs: Slabs, gap: float, at: dict[str, Selector]) -> list[Change]:
        """What parts slabs of a tensor at the columns or rows in ``at``; nothing in ``at``: whatever they were
        parted at."""
        if not at:
            parted = self._splits.known(slabs)
            return [Change(parted, "split", gap)] if parted else []
        block = self.places[name]
        columns = rows = None
        for kind, selector in at.items():
            piece = slice(*bounds_of(selector, self._axis(block, kind)))
            if block.columns is self._axis(block, kind):
                columns = piece
            else:
                rows = piece
        for own, before in self._splits.of(slabs, new=lambda: (columns, rows), copy=lambda pieces: pieces):
            if repr(before) != repr((columns, rows)):
                raise TourError(
                    f"chapter {self.chapter!r} ({author()}): {self.places.called(own)} is already parted elsewhere"
                )
        return [Change(slabs, "split", gap)]

    def sent(self, groups: list[Group]) -> tuple[list[wire.Sweep], list[wire.Split]]:
        """As they are sent; adds the groups of slabs that are not there yet."""
        sweeps: dict[str, tuple[_Sweep, list[Slabs]]] = {}
        for slabs, sweep in self._sweeps:
            sweeps.setdefault(repr(sweep), (sweep, []))[1].append(slabs)
        splits: dict[str, tuple[Pieces, list[Slabs]]] = {}
        for slabs, pieces in self._splits:
            splits.setdefault(repr(pieces), (pieces, []))[1].append(slabs)
        return (
            [
                wire.Sweep(_number(groups, slabs), sweep.by, _sent(sweep.column), _sent(sweep.row))
                for sweep, slabs in sweeps.values()
            ],
            [wire.Split(_number(groups, slabs), *map(_span, pieces)) for pieces, slabs in splits.values()],
        )

    def _empty(self, slabs: Slabs, channel: str, base: Value) -> None:
        for _, line in self.timeline.lines_of(slabs, channel):
            line.base = base

    def _line(self, block: Block, at: dict[str, Value]) -> tuple[Value | None, Value | None]:
        column = row = None
        for kind, value in at.items():
            axis = self._axis(block, kind)
            if axis is block.depth:
                continue
            if axis is block.columns:
                column = value
            else:
                row = value
        if column is not None and row is not None:
            raise TourError(f"chapter {self.chapter!r} ({author()}): a sweep fills one line, got several axes")
        return column, row

    def _axis(self, block: Block, kind: str) -> Axis:
        for axis in (block.columns, block.rows, block.depth):
            if axis is not None and axis.kind == kind.replace("_", " "):
                return axis
        raise MissingPart(f"chapter {self.chapter!r} ({author()}): {block.tensor.name} has no axis of kind {kind!r}")


def _number(groups: list[Group], slabs: Iterable[Slabs]) -> int:
    """The number of a group of slabs; made when it is not there yet."""
    group = Group(slabs=Slabs.joined(slabs))
    if group not in groups:
        groups.append(group)
    return groups.index(group)


def extent(axis: Axis | None) -> Value:
    """How many positions an axis has in a run."""
    if axis is None:
        return 1
    return length(axis) if axis.dynamic else axis.size


def count(block: Block, by: str) -> Value:
    """How many steps it takes to fill a block."""
    columns = extent(block.columns)
    if by == "column":
        return columns
    if by == "row":
        return extent(block.rows)
    return columns * (1 if block.rows is None else block.rows.size)


def share(part: float, value: Value) -> Value:
    return value if part == 1.0 else part * value


def _sent(value: Value | None) -> wire.Value | None:
    return None if value is None else sent(value)


def _span(piece: slice | None) -> wire.Span | None:
    return None if piece is None else wire.Span(sent(piece.start), sent(piece.stop))
