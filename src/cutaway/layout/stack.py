"""One stack of layers with what leads to it, what its layers share and what leads away from it.

Layers stand below one another in as many columns as bring the whole nearest to the wanted shape. A model
may have several stacks, such as an encoder and a decoder; ``scene`` puts them side by side.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from cutaway.definition import Module, Tensor, resolve
from cutaway.formula import Axis
from cutaway.layout.anatomy import Orientation
from cutaway.layout.arrange import Arrangement, Arranger
from cutaway.layout.flow import SHARE
from cutaway.layout.place import Placed


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the layers of a stack stand: ``rows`` below one another, then the next column."""

    rows: int
    dx: float
    dy: float
    gutter: float
    """Where the stream is led up beside a column, seen from its place."""

    def offset(self, position: int) -> tuple[float, float]:
        return (position // self.rows) * self.dx, (position % self.rows) * self.dy


@dataclass
class Stack:
    """A stack of layers in place. Boxes of layers are relative to the layer; all others are where they are."""

    bodies: list[Module]
    layers: list[Arrangement]
    """One for each body."""
    places: list[tuple[float, float]]
    """Of each layer."""
    outside: dict[str, Placed]
    """What leads there, what the layers share, and what leads away."""
    after: frozenset[str]
    """Those of ``outside`` that lead away."""
    last: Placed
    """The end of the stream, in the last layer."""
    gutter: float
    """Where the stream is led up beside a column of layers, seen from its place."""

    @property
    def name(self) -> str:
        return self.bodies[0].path.removesuffix(".*")

    @property
    def first(self) -> Placed:
        """Where the stream enters the first layer."""
        made = self.of[0]
        return moved(made.boxes[made.stream[0]], self.places[0], 0)

    @property
    def of(self) -> dict[int, Arrangement]:
        """Layer to its arrangement."""
        return {i: made for body, made in zip(self.bodies, self.layers, strict=True) for i in body.layers}

    def bounds(self, layer: int) -> Placed:
        """A layer as one box, where it is."""
        return shifted(_bounds(list(self.of[layer].boxes.values())), self.places[layer])

    def boxes(self) -> Iterator[Placed]:
        """Every box where it is."""
        yield from self.outside.values()
        for layer, made in self.of.items():
            yield from (shifted(b, self.places[layer]) for b in made.boxes.values())

    def moved(self, dx: float, dy: float) -> Stack:
        by = (dx, dy)
        return replace(
            self,
            places=[(x + dx, y + dy) for x, y in self.places],
            outside={n: shifted(b, by) for n, b in self.outside.items()},
            last=shifted(self.last, by),
        )


def stack_of(
    arranger: Arranger,
    bodies: list[Module],
    scope: dict[str, Tensor],
    *,
    placed: Collection[str],
    takes_rest: bool,
    shape: float,
) -> Stack:
    """The stack of ``bodies``, its first layer at the origin.

    ``scope``: the tensors outside all layers, of which some are ``placed`` already. ``takes_rest``: whether
    all others belong here; else those that the layers read. ``shape``: width over height to aim at.
    """
    layers = [arranger.layer(body) for body in bodies]
    count = 1 + max(layer for b in bodies for layer in b.layers)
    ending = next(made for body, made in zip(bodies, layers, strict=True) if count - 1 in body.layers)
    end = ending.boxes[ending.stream[-1]]
    last = replace(end, name=resolve(end.name, count - 1))
    after = arranger.exit(last, ending)
    band = stream_width(end)
    grid = _grid(layers, count, after, arranger.spacing.gap, shape)
    places = [grid.offset(i) for i in range(count)]
    first = arranger.declared[layers[0].stream[0]]
    outside = arranger.entry(first, layers[0], placed) | {n: shifted(b, places[-1]) for n, b in after.items()}
    theirs = None if takes_rest else _read_by(bodies, scope)
    left_out = {n for n in scope if n in placed or n in outside or (theirs is not None and n not in theirs)}
    beside = grid.dx + grid.gutter - band / 2 if grid.rows < count else math.inf
    outside |= _shared(arranger, left_out, outside, layers, beside=beside, band=band)
    return Stack(bodies, layers, places, outside, frozenset(after), shifted(last, places[-1]), grid.gutter)


def _read_by(bodies: list[Module], scope: dict[str, Tensor]) -> set[str]:
    """The tensors of ``scope`` that some layers are computed from."""
    waiting = [t for body in bodies for t in body.declared()]
    found: set[str] = set()
    while waiting:
        new = (scope.keys() - found).intersection(waiting.pop().sources)
        found |= new
        waiting += [scope[n] for n in new]
    return found


def _shared(
    arranger: Arranger,
    left_out: Collection[str],
    placed: dict[str, Placed],
    layers: list[Arrangement],
    *,
    beside: float,
    band: float,
) -> dict[str, Placed]:
    """What the layers share stands above the first of them, beside what leads there.

    Where it reaches beyond ``beside``, it stands above the ``band`` of the stream that leads into the next column.
    """
    gap = arranger.spacing.gap
    shared = arranger.shared(left_out)
    if not shared:
        return {}
    left, bottom = min(b.x for b in shared.values()), max(b.bottom for b in shared.values())
    dx, dy = 2 * gap - left, min(b.y for made in layers for b in made.boxes.values()) - 2 * gap - bottom
    while hit := next((o for b in shared.values() for o in placed.values() if not b.apart(o, gap, dx, dy)), None):
        dx = hit.right + 2 * gap - left
    if max(b.right for b in shared.values()) + dx > beside:
        dy -= 3 * band
    return {n: shifted(b, (dx, dy)) for n, b in shared.items()}


def _grid(layers: list[Arrangement], count: int, after: dict[str, Placed], gap: float, shape: float) -> Grid:
    boxes = [b for made in layers for b in made.boxes.values()]
    height = max(b.bottom for b in boxes) - min(b.y for b in boxes) + 2 * gap
    # columns stand apart, with a gutter for the stream: where they reached into one another, it ran behind boxes
    reach = [*boxes, *after.values()]
    left, right = min(b.x for b in reach), max(b.right for b in reach)
    band = stream_width(layers[0].boxes[layers[0].stream[0]])
    width = right - left + band + 2 * gap

    def misfit(rows: int) -> float:
        return abs(math.log(math.ceil(count / rows) * width / (min(rows, count) * height) / shape))

    return Grid(min(range(1, count + 1), key=misfit), width, height, left - gap - band / 2)


def stream_width(station: Placed) -> float:
    """How wide the stream is led from one column of layers to the next."""
    return station.width * SHARE


def _bounds(boxes: list[Placed]) -> Placed:
    """The bounds of some boxes, as a box."""
    x, y = min(b.x for b in boxes), min(b.y for b in boxes)
    wide, tall = max(b.right for b in boxes) - x, max(b.bottom for b in boxes) - y
    lie = Orientation(Axis("x", "bounds", math.ceil(wide)), Axis("y", "bounds", math.ceil(tall)), None)
    return Placed("", lie, x, y, 1)


def moved(box: Placed, by: tuple[float, float], layer: int) -> Placed:
    """The box of a layer, where it is, under its full name."""
    return replace(shifted(box, by), name=resolve(box.name, layer))


def shifted(box: Placed, by: tuple[float, float]) -> Placed:
    return replace(box, x=box.x + by[0], y=box.y + by[1])
