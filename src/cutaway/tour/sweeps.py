"""Blocks that are filled bit by bit, and blocks whose columns or rows part: what stands still about it.

In what order a block is filled is the same for a whole chapter, so that any moment follows from the
numbers of its channels alone. A block that is swept in a chapter is empty at its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cutaway import wire
from cutaway.formula import Axis, length
from cutaway.tour.errors import MissingPart, TourError, author
from cutaway.tour.places import Block, Places, Selector, bounds_of
from cutaway.tour.timeline import Change, Line, Timeline, Value, sent

BY = ("cell", "column", "row")


@dataclass
class _Sweep:
    by: str | None = None
    column: Value | None = None
    row: Value | None = None


@dataclass
class Sweeps:
    """The sweeps and splits of one chapter."""

    chapter: str
    places: Places
    timeline: Timeline
    _sweeps: dict[str, _Sweep] = field(default_factory=dict)
    _splits: dict[str, tuple[slice | None, slice | None]] = field(default_factory=dict)

    def clip(
        self,
        name: str,
        slab: int,
        by: str,
        part: float,
        others_done: bool,
        at: dict[str, Value],
        cells: int | None = None,
    ) -> list[Change]:
        """What fills a slab, or with an axis in ``at`` one line of it, or the first ``cells`` of that."""
        if by not in BY:
            raise TourError(f"chapter {self.chapter!r} ({author()}): a sweep goes by {', '.join(BY)}, got {by!r}")
        block = self.places[name]
        target = target_of(block, slab)
        column, row = self._line(block, at)
        spec = self._sweeps.get(target)
        if spec is None:
            spec = self._sweeps[target] = _Sweep(by, column, row)
            first, rest = Line(0.0), Line(count(block, by) if others_done else 0.0)
            self.timeline.lines[target, "first"], self.timeline.lines[target, "rest"] = first, rest
        if column is not None or row is not None:
            if spec.column is None and spec.row is None:
                spec.column, spec.row = column, row
            if repr((column, row)) != repr((spec.column, spec.row)):
                raise TourError(
                    f"chapter {self.chapter!r} ({author()}): {target} already has a line that is filled first; "
                    "in one chapter there can be one"
                )
            along = block.rows if column is not None else block.columns
            return [Change(target, "first", share(part, extent(along)) if cells is None else cells)]
        if by != spec.by and not self._is_untouched(target):
            raise TourError(
                f"chapter {self.chapter!r} ({author()}): {target} is already filled by {spec.by}, now by {by}; "
                "in one chapter there can be one order"
            )
        spec.by = by
        return [Change(target, "rest", share(part, count(block, by)))]

    def split(self, name: str, slab: int, gap: float, at: dict[str, Selector]) -> list[Change]:
        """What parts a slab at the columns or rows in ``at``; nothing in ``at``: whatever it was parted at."""
        block = self.places[name]
        target = target_of(block, slab)
        if at:
            columns = rows = None
            for kind, selector in at.items():
                piece = slice(*bounds_of(selector, self._axis(block, kind)))
                if block.columns is self._axis(block, kind):
                    columns = piece
                else:
                    rows = piece
            before = self._splits.setdefault(target, (columns, rows))
            if repr(before) != repr((columns, rows)):
                raise TourError(f"chapter {self.chapter!r} ({author()}): {target} is already parted elsewhere")
        elif target not in self._splits:
            return []
        return [Change(target, "split", gap)]

    def sent(self, groups: list[list[str]]) -> tuple[list[wire.Sweep], list[wire.Split]]:
        """As they are sent; adds the groups of targets that are not there yet."""
        sweeps: dict[str, tuple[_Sweep, list[str]]] = {}
        for target, sweep in self._sweeps.items():
            sweeps.setdefault(repr(sweep), (sweep, []))[1].append(target)
        splits: dict[str, tuple[tuple[slice | None, slice | None], list[str]]] = {}
        for target, pieces in self._splits.items():
            splits.setdefault(repr(pieces), (pieces, []))[1].append(target)
        return (
            [
                wire.Sweep(group(groups, targets), s.by or BY[0], _sent(s.column), _sent(s.row))
                for s, targets in sweeps.values()
            ],
            [wire.Split(group(groups, targets), *map(_span, pieces)) for pieces, targets in splits.values()],
        )

    def _is_untouched(self, target: str) -> bool:
        return not self.timeline.lines[target, "rest"].times

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


def target_of(block: Block, slab: int) -> str:
    """The name of a slab as a target."""
    return f"{block.tensor.name}#{slab}" if block.slabs > 1 else block.tensor.name


def group(groups: list[list[str]], targets: list[str]) -> int:
    """The number of a group of targets; made when it is not there yet."""
    if targets not in groups:
        groups.append(targets)
    return groups.index(targets)


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
