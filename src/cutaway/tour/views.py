"""What a chapter speaks of: parts of the model by kind, tensors by their short names, cells by index.

Views know no model. ``block.attn.q`` is the tensor ``q`` of the module ``attn`` of a block; a part can
also be asked for by its kind (``block.attention``), so that a chapter tells its story for every model
that has such parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cutaway.definition import BoundTensor, Module, resolve
from cutaway.errors import near_matches
from cutaway.formula import Axis, Cell, Const, Expr, as_expr, cells
from cutaway.tour.clips import Clip
from cutaway.tour.errors import MissingPart, TourError, author
from cutaway.tour.places import SHORT, Bounds, Selector, bounds_of
from cutaway.tour.places import Block as PlacedBlock
from cutaway.tour.timeline import Change, Value

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter


class Selection:
    """Slabs of blocks that do the same. A tensor, a part of a model and ``x.others`` are selections."""

    def __init__(self, chapter: Chapter, slabs: Iterable[tuple[str, int]]) -> None:
        self.chapter = chapter
        self._slabs = slabs

    @property
    def slabs(self) -> list[tuple[str, int]]:
        """Full names of tensors with the number of a slab."""
        if not isinstance(self._slabs, list):
            self._slabs = list(self._slabs)
        return self._slabs

    @property
    def targets(self) -> list[str]:
        return [self.chapter.target(name, k) for name, k in self.slabs]

    def opacity(self, value: float) -> Clip:
        """Fade to an opacity: 0 is gone, 1 is as usual."""
        return self._to("opacity", value)

    def highlight(self, value: float = 1.0) -> Clip:
        """Draw a rim in the colour of what matters now; 0 takes it away."""
        return self._to("highlight", value)

    @property
    def others(self) -> Selection:
        """Every slab but these."""
        own = set(self.slabs)
        return Selection(self.chapter, (s for s in self.chapter.everything.slabs if s not in own))

    def __or__(self, other: Selection) -> Selection:
        return Selection(self.chapter, [*self.slabs, *(s for s in other.slabs if s not in set(self.slabs))])

    def __sub__(self, other: Selection) -> Selection:
        """These without the others."""
        gone = set(other.slabs)
        return Selection(self.chapter, [s for s in self.slabs if s not in gone])

    def sweep(
        self,
        by: str = "column",
        *,
        part: float = 1.0,
        cells: int | None = None,
        others_done: bool = False,
        **at: Value,
    ) -> Clip:
        """Fill cell by cell: what was empty from the beginning of the chapter comes to be there.

        ``by``: ``cell`` (down each column in turn), ``column`` or ``row``. With an axis, as in ``token=4``,
        only that line is filled, before the others; ``head=0`` fills one slab. ``part``: how much of it, from 0
        to 1; ``cells``: so many cells of the line, not all. ``others_done``: when a line is filled, the others are
        there from the beginning.
        """
        sweeps = self.chapter.sweeps
        clips = [sweeps.clip(name, k, by, part, others_done, at, cells) for name, k in self._at_depth(at)]
        return Clip(tuple(c for clip in clips for c in clip))

    def split(self, gap: float = 1.0, **at: Value | slice) -> Clip:
        """Part some columns or rows from the rest, as in ``split(token=3)`` or ``split(1.5, channel=slice(0, 4))``;
        ``split(0)`` closes every gap."""
        clips = [self.chapter.sweeps.split(name, k, gap, at) for name, k in self.slabs]
        return Clip(tuple(c for clip in clips for c in clip))

    def _at_depth(self, at: dict[str, Value]) -> list[tuple[str, int]]:
        """The slabs that ``at`` leaves when it names an axis that is laid out in depth."""
        kept = []
        for name, k in self.slabs:
            depth = self.chapter.places[name].depth
            if depth is None or depth.kind.replace(" ", "_") not in at or at[depth.kind.replace(" ", "_")] == k:
                kept.append((name, k))
        return kept

    def _to(self, channel: str, value: Value) -> Clip:
        return Clip(tuple(Change(t, channel, value) for t in self.targets))

    @property
    def bounds(self) -> list[Bounds]:
        """The boxes to have in view."""
        whole: dict[str, list[int]] = {}
        for name, k in self.slabs:
            whole.setdefault(name, []).append(k)
        places = self.chapter.places
        return [
            b
            for name, slabs in whole.items()
            for b in (
                [places[name].shown] if len(slabs) == places[name].slabs else [places[name].slab(k) for k in slabs]
            )
        ]

    @property
    def reach(self) -> list[Bounds]:
        """The boxes that they are in for every run."""
        return self.bounds


class Place:
    """A place in the scene that is no tensor, such as the letters of the prompt."""

    def __init__(self, *bounds: Bounds) -> None:
        self.bounds = list(bounds)
        self.reach = self.bounds


class TensorView(Selection):
    """A tensor: a block in the scene, a word in the text, and cells by index."""

    def __init__(self, chapter: Chapter, tensor: BoundTensor) -> None:
        self.tensor = tensor
        super().__init__(chapter, [(tensor.name, k) for k in range(chapter.places[tensor.name].slabs)])

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
        return Selection(self.chapter, [(self.name, k)])

    head = slab
    """One head."""

    def heads(self, start: int, stop: int | None = None) -> Selection:
        """Slabs from ``start`` on."""
        return Selection(self.chapter, self.slabs[start:stop])

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
    def bounds(self) -> list[Bounds]:
        return [self.view.block.cells(self.index)]

    @property
    def reach(self) -> list[Bounds]:
        """The box that they are in for every run: along an axis where that depends on it, all of the block."""
        block = self.view.block
        index = [_static(i, a) for i, a in zip(self.index, self.view.tensor.axes, strict=True)]
        return [block.cells(index)]

    def highlight(self, value: float = 1.0) -> Clip:
        """Draw a border around the cells; 0 takes it away."""
        return Clip((Change(self.chapter.mark(self), "opacity", value),))

    def copy(self) -> CopyView:
        """A copy that can leave its place."""
        return self.chapter.copies.of(self)

    def __repr__(self) -> str:
        return f"{self.view.name}[{', '.join(map(_shown, self.index))}]"


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


class ModuleView(Selection):
    """A part of the model. Its tensors and parts are attributes, by short name or by kind."""

    def __init__(self, chapter: Chapter, module: Module, layer: int | None) -> None:
        self.module = module
        self.layer = layer
        self.path = resolve(module.path, layer)
        super().__init__(chapter, self._all_slabs())

    @property
    def kind(self) -> str:
        return self.module.kind

    @property
    def name(self) -> str:
        """Its short name."""
        return self.path.rpartition(".")[2]

    @property
    def label(self) -> str:
        """Its name, with the number of the layer for a block."""
        return f"{self.module.label} {self.layer}" if self.module.path.endswith(".*") else self.module.label

    def _names(self, module: Module) -> Iterator[str]:
        for t in module.tensors:
            if self.layer is None or not t.layers or self.layer in t.layers:
                yield resolve(t.name, self.layer)
        for m in module.modules:
            if not m.path.endswith(".*"):
                yield from self._names(m)

    def _all_slabs(self) -> Iterator[tuple[str, int]]:
        blocks = self.chapter.places.blocks
        for name in dict.fromkeys(self._names(self.module)):
            if name in blocks:
                yield from ((name, k) for k in range(blocks[name].slabs))

    def __contains__(self, short: object) -> bool:
        """Whether there is a tensor or a part of that short name, or a part of that kind."""
        try:
            getattr(self, str(short))
        except MissingPart:
            return False
        return True

    def some(self, *short: str) -> Selection:
        """Those of some tensors and parts that there are, by short name."""
        slabs = [s for name in short if name in self for s in getattr(self, name).slabs]
        return Selection(self.chapter, slabs)

    @property
    def reads(self) -> list[TensorView]:
        """What it is given: activations outside of it that its formulas read, the first one read first."""
        own = dict.fromkeys(self._names(self.module))
        read = dict.fromkeys(x.name for name in own for x in self.chapter.tensor(name).reads)
        tensors = [self.chapter.tensor(name) for name in read if name not in own]
        return [x for x in tensors if x.tensor.role == "activation"]

    @property
    def parameters(self) -> int:
        """How many weights it has, in this layer alone."""
        tensors = [self.chapter.tensor(name).tensor for name in dict.fromkeys(self._names(self.module))]
        return sum(math.prod(a.size for a in t.axes) for t in tensors if t.role == "weight" and not t.declared.tied_to)

    def parts(self, kind: str) -> list[ModuleView]:
        """The parts of a kind that are directly in it."""
        return [self.chapter.module(m, self.layer) for m in self.module.modules if m.kind == kind]

    def tensor(self, short: str) -> TensorView:
        """A tensor by its short name."""
        for name in self._names(self.module):
            if name == (f"{self.path}.{short}" if self.path else short):
                return self.chapter.tensor(name)
        known = [n.removeprefix(self.path + ".") for n in self._names(self.module)]
        raise MissingPart(
            f"{author()}: {self.path or 'the model'} has no tensor or part {short!r}.{near_matches(short, known)}"
        )

    def __getattr__(self, short: str) -> Any:
        if short.startswith("_"):
            raise AttributeError(short)
        own = [m for m in self.module.modules if m.path.rsplit(".", 1)[-1] == short and not m.path.endswith(".*")]
        found = own or [m for m in self.module.modules if m.kind == short and not m.path.endswith(".*")]
        if found:
            return self.chapter.module(found[0], self.layer)
        return self.tensor(short)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}>"
