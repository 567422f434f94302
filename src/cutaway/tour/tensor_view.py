"""A tensor as a chapter speaks of it, and cells of it by index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cutaway.definition import BoundTensor
from cutaway.formula import Axis, Cell, Const, Expr, as_expr, cells, walk
from cutaway.tour.blocks import SHORT, Bounds, Selector, bounds_of
from cutaway.tour.blocks import Block as PlacedBlock
from cutaway.tour.clips import Clip
from cutaway.tour.copy_view import CopyView
from cutaway.tour.errors import MissingPart, TourError, author
from cutaway.tour.selection import Selection
from cutaway.tour.timeline import Change

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter


class TensorView(Selection):
    """A tensor: a block in the scene, a word in the text, and cells by index."""

    def __init__(self, chapter: Chapter, tensor: BoundTensor) -> None:
        self.tensor = tensor
        super().__init__(chapter, chapter.places.slabs_of(tensor.name))

    @property
    def name(self) -> str:
        return self.tensor.name

    @property
    def block(self) -> PlacedBlock:
        return self.chapter.places[self.name]

    def axis(self, kind: str) -> Axis:
        """The tensor's axis of a kind."""
        for a in self.tensor.axes:
            if a.kind == kind.replace("_", " "):
                return a
        kinds = ", ".join(a.kind for a in self.tensor.axes)
        raise MissingPart(f"{author()}: {self.name} has no axis of kind {kind!r}; it has {kinds}")

    @property
    def formula(self) -> Expr:
        """What a cell is computed by; 0 where it is given."""
        return Const(0) if self.tensor.formula is None else self.tensor.formula

    @property
    def reads(self) -> list[TensorView]:
        """What its formula reads, in the order in which it is written."""
        names = dict.fromkeys(cell.tensor.name for cell in cells(self.formula))
        return [self.chapter.tensor(name) for name in names]

    def __getitem__(self, index: Selector | tuple[Selector, ...]) -> Cells:
        found = index if isinstance(index, tuple) else (index,)
        if len(found) != len(self.tensor.axes):
            axes = ", ".join(a.name for a in self.tensor.axes)
            raise TourError(f"{author()}: {self.name}[{axes}] takes {len(self.tensor.axes)} indices, got {len(found)}")
        for i, a in zip(found, self.tensor.axes, strict=True):
            _check(self, i, a)
        return Cells(self, found)

    def at(self, **index: Selector) -> Cells:
        """Cells by kind of axis: ``x.at(token=3, channel=0)``; axes that are not named are taken whole."""
        wanted = {k.replace("_", " "): v for k, v in index.items()}
        kinds = [a.kind for a in self.tensor.axes]
        for kind in wanted:
            self.axis(kind)
        if len(set(kinds)) < len(kinds) and any(kinds.count(k) > 1 for k in wanted):
            raise TourError(f"{author()}: {self.name} has several axes of one kind; give all indices in brackets")
        return self[tuple(wanted.get(k, slice(None)) for k in kinds)]

    def slab(self, k: int) -> Selection:
        """One slab, such as one head."""
        if not 0 <= k < self.block.slabs:
            raise MissingPart(f"{author()}: {self.name} has {self.block.slabs} slabs, so there is no slab {k}")
        return self.heads(k, k + 1)

    head = slab
    """One head."""

    def heads(self, start: int, stop: int | None = None) -> Selection:
        """Slabs from ``start`` on, or to before ``stop``."""
        return Selection(self.chapter, self.chapter.places.piece_of(self.name, start, stop))

    def __repr__(self) -> str:
        return f"<tensor {self.name}>"


def _check(view: TensorView, selector: Selector, axis: Axis) -> None:
    """Raise unless a constant selector lies in its axis, at the full length of the context."""
    low, high = bounds_of(selector, axis)
    for value in (low, high):
        if isinstance(value, int) and not 0 <= value <= axis.size:
            raise TourError(f"{author()}: {view.name}: {axis.kind} runs from 0 to {axis.size - 1}, got {selector!r}")


class Cells:
    """Some cells of a tensor: one selector (a position or a slice) per axis."""

    def __init__(self, view: TensorView, index: tuple[Selector, ...]) -> None:
        self.view = view
        self.index = index

    @property
    def chapter(self) -> Chapter:
        return self.view.chapter

    @property
    def is_cell(self) -> bool:
        """Whether it is one cell."""
        return not any(isinstance(i, slice) for i in self.index)

    @property
    def value(self) -> Expr:
        """The value of one cell, in a run."""
        if not self.is_cell:
            raise TourError(f"{author()}: {self!r} is several cells, so it has no value")
        return Cell(self.view.tensor, tuple(as_expr(i) for i in self.index if not isinstance(i, slice)))

    @property
    def is_known(self) -> bool:
        """Whether it can be told which cells these are: not where that depends on a value, and there are none."""
        return self.chapter.has_values or not any(_reads_cells(i) for i in self.index)

    @property
    def bounds(self) -> list[Bounds]:
        return [self.view.block.cells(self.index)] if self.is_known else self.reach

    @property
    def reach(self) -> list[Bounds]:
        """The box that they are in for every run: along an axis where that depends on it, all of the block."""
        block = self.view.block
        index = [_static(i, a) for i, a in zip(self.index, self.view.tensor.axes, strict=True)]
        return [block.cells(index)]

    def highlight(self, value: float = 1.0) -> Clip:
        """Draw a border around the cells; 0 takes it away."""
        return Clip((Change(self.chapter.mark(self), "opacity", value),) if self.is_known else ())

    def copy(self) -> CopyView:
        """A copy that can leave its place."""
        return self.chapter.copies.of(self)

    def __repr__(self) -> str:
        return f"{self.view.name}[{', '.join(map(_shown, self.index))}]"


def _reads_cells(selector: Selector) -> bool:
    ends = (selector.start, selector.stop) if isinstance(selector, slice) else (selector,)
    return any(isinstance(e, Cell) for end in ends if isinstance(end, Expr) for e in walk(end))


def _static(selector: Selector, axis: Axis) -> Selector:
    """A selector that depends on lengths at most: all of a short context, of a long one what the run fills."""
    low, high = bounds_of(selector, axis)
    if isinstance(low, Expr) or isinstance(high, Expr):
        return slice(0, None if axis.dynamic and axis.size > SHORT else axis.size)
    return selector


def _shown(selector: Selector) -> str:
    if isinstance(selector, slice):
        return f"{'' if selector.start is None else selector.start}:{'' if selector.stop is None else selector.stop}"
    return repr(selector)
