"""Motions made of several: cells that fly, products that are formed one by one and added up.

These read the formula of a cell, so that they work for any tensor that is a sum of products.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cutaway.arithmetic import SCALAR
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, apply, as_expr, cells, factors, walk
from cutaway.tour.blocks import Bounds, Selector
from cutaway.tour.clips import Clip
from cutaway.tour.copy_view import CopyView
from cutaway.tour.errors import TourError
from cutaway.tour.frames import estimate
from cutaway.tour.slabs import Slabs
from cutaway.tour.sweeps import extent
from cutaway.tour.tensor_view import Cells, TensorView
from cutaway.tour.things import line_of
from cutaway.tour.timeline import Change, Value

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter

AHEAD = 6.0
"""How far in front of the blocks cells fly, in cells."""
SECOND, PRODUCTS, TOTAL = 2.0, 4.0, 6.0
"""Where the lines stand that meet, to the right of the first."""
FAINT = 0.08
MOST_SEEN = 26
"""Of longer lines, so many cells are seen at once; the camera goes along."""


def product(
    c: Chapter,
    a: Cells,
    b: Cells,
    place: tuple[Value, Value, Value],
    *,
    running: bool = False,
    shown: int = 0,
) -> CopyView:
    """The products of two lines of cells as a column at ``place``; ``running``: their sums so far.

    Nothing of it is there at first: see ``CopyView.fill`` and ``CopyView.slide``.
    """
    return c.copies.product(a, b, place, running=running, shown=shown)


def fly(
    c: Chapter, cells: Cells, to: tuple[Value, Value, Value], *, turn: float | None = None
) -> tuple[CopyView, Clip]:
    """A copy of some cells, and the clip in which it leaves for a place."""
    copy = cells.copy()
    return copy, copy.appear().lasting(0.05) & copy.move(to, turn=turn)


def dot(c: Chapter, cell: Cells, *, seconds: float = 5.0, fills: Clip | None = None) -> None:
    """Show how one cell that is a sum of products is computed.

    The two lines of factors leave their places and stand side by side in front of the one that runs down, and
    the camera comes near; one product after another is formed, a running sum collects them, and flies to the
    cell, with the camera back where it was. Plays for ``seconds`` in all, and takes everything away again;
    ``fills``: what is there from then on, such as the first cell of a sweep.
    """
    a, b = operands(c, cell)
    if not c.has_values:
        _point_out(c, a, b, cell, seconds=seconds, fills=fills)
        return
    if not _is_upright(a) and _is_upright(b):
        a, b = b, a
    many = extent(line_of(a))
    x, y, z = a.bounds[0].low
    front = z - AHEAD
    back = c.camera.back()
    aside = _behind(c, (a.view.name, b.view.name, cell.view.name), x, y, line_of(a).size)
    upright, gone = fly(c, a, (x, y, front))
    turn, lies = (0, 0) if _is_upright(b) else (1, 1)
    turned, came = fly(c, b, (x + SECOND + lies, y, front), turn=turn)
    signs = [c.sign(s, (x + at + 0.5, y - 1.2, front)) for s, at in (("×", 1.0), ("=", 3.0), ("Σ", TOTAL))]
    seen = min(line_of(a).size, MOST_SEEN)
    far = max(line_of(a).size - seen, 0)
    c.play(gone, came, seconds=0.2 * seconds)
    c.play(_near(c, x, y, front, seen), aside[0], *(s.appear() for s in signs), seconds=0.14 * seconds)
    products = c.product(a, b, (x + PRODUCTS, y, front))
    total = c.product(a, b, (x + TOTAL, y, front), running=True, shown=1)
    at = cell.bounds[0].low
    c.play(
        products.appear().lasting(0.05),
        total.appear().lasting(0.05),
        total.fill(many).lasting(0.05),
        products.fill(many).eased("linear"),
        total.slide(many - 1).eased("linear"),
        total.move(y=y + (many - 1)).eased("linear"),
        *([_near(c, x, y + far, front, seen).eased("in")] if far else []),
        seconds=0.42 * seconds,
    )
    c.play(
        back, aside[1], total.move((at[0], at[1], at[2] - 0.1)), *(s.vanish() for s in signs), seconds=0.18 * seconds
    )
    gone_again = [copy.vanish() for copy in (upright, turned, total, products)]
    c.play(*gone_again, *([] if fills is None else [fills]), seconds=0.06 * seconds)


def _point_out(c: Chapter, a: Cells, b: Cells, cell: Cells, *, seconds: float, fills: Clip | None) -> None:
    """Which two lines meet, and where their sum goes: all there is to show of a product without numbers."""
    c.play(a.highlight(), b.highlight(), seconds=0.15 * seconds)
    c.play(cell.highlight(), seconds=0.15 * seconds)
    c.wait(0.2 * seconds)
    if fills is not None:
        c.play(fills, seconds=0.1 * seconds)
    c.once_read(*(x.highlight(0) for x in (a, b, cell)))


def _behind(c: Chapter, kept: tuple[str, ...], x: Value, y: Value, rows: int) -> tuple[Clip, Clip]:
    """The clips that make faint whatever else stands where the lines meet, and that bring it back."""
    left, top = (estimate(v) or 0.0 for v in (x, y))
    near: list[Slabs] = []
    for name, block in c.places.blocks.items():
        low, high = block.bounds.low, block.bounds.high
        if name in kept or not _meets((low[0], high[0]), (left - 20, left + 20)):
            continue
        if _meets((low[1], high[1]), (top, top + rows)):
            near.append(c.places.slabs_of(name))
    there = [
        (slabs, line.value)
        for slabs, line in c.timeline.lines_of(Slabs.joined(near), "opacity")
        if isinstance(line.value, (int, float)) and line.value > FAINT
    ]
    return (
        Clip(tuple(Change(slabs, "opacity", FAINT) for slabs, _ in there)),
        Clip(tuple(Change(slabs, "opacity", now) for slabs, now in there)),
    )


def _meets(a: tuple[Value, Value], b: tuple[float, float]) -> bool:
    low, high = (estimate(v) or 0.0 for v in a)
    return low < b[1] and high > b[0]


def _near(c: Chapter, x: Value, y: Value, z: Value, rows: int) -> Clip:
    """The camera in front of the lines that meet."""
    return c.camera.box(
        Bounds((x - 3, y - 2.5, z), (x + TOTAL + 4, y + rows + 1, z)), azimuth=-0.08, elevation=0.05, margin=1.0
    )


def operands(c: Chapter, cell: Cells) -> tuple[Cells, Cells]:
    """The two lines of cells whose products a cell is the sum of."""
    if not cell.is_cell or cell.view.tensor.formula is None:
        raise TourError(f"{c.here}: {cell!r} is not one computed cell")
    at: dict[Axis, Selector] = dict(zip(cell.view.tensor.axes, cell.index, strict=True))
    for node in walk(cell.view.tensor.formula):
        if isinstance(node, Reduce) and node.op == "sum":
            parts = factors(node.body)
            if len(parts) == 2 and all(isinstance(p, Cell) for p in parts):
                first, second = (_line(c, p, node.axis, at) for p in parts)
                return first, second
    raise TourError(f"{c.here}: {cell.view.name} is no sum of products of two cells")


def source(c: Chapter, result: Cells, of: TensorView) -> Cells:
    """The cells of one tensor that some cells are computed from, such as the row of a table that they are."""
    at: dict[Axis, Selector] = dict(zip(result.view.tensor.axes, result.index, strict=True))
    formula = result.view.tensor.formula
    for cell in cells(formula) if formula is not None else ():
        if cell.tensor.name == of.name:
            return read_at(c, cell, at)
    raise TourError(f"{c.here}: {result!r} is not computed from {of.name}")


def _line(c: Chapter, factor: Expr, along: Axis, at: dict[Axis, Selector]) -> Cells:
    assert isinstance(factor, Cell)
    return read_at(c, factor, {**at, along: slice(0, extent(along))})


def read_at(c: Chapter, cell: Cell, at: Mapping[Axis, Selector]) -> Cells:
    """The cells that ``cell`` stands for when its axes take some places; one axis at most may be a piece."""
    index: list[Selector] = []
    for i in cell.indices:
        if isinstance(i, Axis) and i in at:
            index.append(at[i])
            continue
        free = [axis for axis in walk(i) if isinstance(axis, Axis) and isinstance(at.get(axis, slice(None)), slice)]
        if free:
            raise TourError(f"{c.here}: {cell!r} is not a line of cells along {free[0].name}")
        index.append(_at(i, at))
    return Cells(c.tensor(cell.tensor.name), tuple(index))


def _at(e: Expr, at: Mapping[Axis, Selector]) -> Value:
    """An index at some places: a number where it can be worked out now, else an expression."""
    match e:
        case Axis():
            value = at[e]
            assert not isinstance(value, slice)
            return value
        case Const(value):
            return value
        case Cell(tensor, indices):
            return Cell(tensor, tuple(as_expr(_at(i, at)) for i in indices))
        case Apply(op, args):
            found = [_at(arg, at) for arg in args]
            if all(isinstance(v, int) for v in found):
                return int(SCALAR[op](*found))
            return apply(op, *found)
    return e


def _is_upright(line: Cells) -> bool:
    return line.view.block.rows is line_of(line)
