"""The scene of a model: boxes, frames of modules, ribbons, and one offset per layer.

Layers that are alike are one set of boxes placed many times; they stand below one another in as many
columns as bring the whole nearest to the shape of a screen, and the stream is led from the foot of one
column to the head of the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from cutaway import wire
from cutaway.definition import Definition, Module, Tensor, resolve
from cutaway.formula import Axis
from cutaway.layout.anatomy import Orientation, natural, operands
from cutaway.layout.arrange import Arrangement, Arranger
from cutaway.layout.flow import descend, next_column, route
from cutaway.layout.place import Placed

SHAPE = 1.7
"""Width over height that the picture of a whole model aims at."""


def scene_of(definition: Definition) -> wire.Scene:
    """The scene of ``definition``, at its full context length."""
    return _Scene(definition, Arranger(definition)).build()


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the layers of a stack stand: ``rows`` below one another, then the next column."""

    rows: int
    dx: float
    dy: float

    def offset(self, position: int) -> tuple[float, float]:
        return (position // self.rows) * self.dx, (position % self.rows) * self.dy


class _Scene:
    def __init__(self, definition: Definition, arranger: Arranger) -> None:
        self.definition = definition
        self.arranger = arranger
        self.gap = arranger.spacing.gap
        self.outside: dict[str, Placed] = {}
        """Boxes outside the layers, where they are."""
        self.inside: list[tuple[Module, dict[str, Placed]]] = []
        """Boxes of the layers, relative to the layer, for each body."""
        self.last: Placed | None = None
        """The end of the stream, where it is."""
        self.ribbons: list[wire.Ribbon] = []

    def build(self) -> wire.Scene:
        root = self.definition.root
        bodies = [m for m in root.modules if m.layers]
        scope = {t.name: t for t in root.declared() if not t.layers}
        offsets: dict[str, list[wire.Point]] = {}
        layers = [self.arranger.layer(body) for body in bodies]
        if bodies:
            self.inside = [(body, made.boxes) for body, made in zip(bodies, layers, strict=True)]
            count = 1 + max(layer for b in bodies for layer in b.layers)
            ending = next(made for body, made in zip(bodies, layers, strict=True) if count - 1 in body.layers)
            end = ending.boxes[ending.stream[-1]]
            self.last = replace(end, name=resolve(end.name, count - 1))
            after = self.arranger.exit(self.last, ending, scope)
            grid = self._grid(layers, count, after)
            places = [grid.offset(i) for i in range(count)]
            offsets[bodies[0].path.removesuffix(".*")] = [wire.Point(x, y, 0) for x, y in places]
            first = self.arranger.declared[layers[0].stream[0]]
            self.outside = self.arranger.entry(first, layers[0]) | {
                n: _shifted(b, places[-1]) for n, b in after.items()
            }
            self._shared(layers)
            self.last = _shifted(self.last, places[-1])
            self._between(bodies, layers, places, grid)
            for body, made in zip(bodies, layers, strict=True):
                self._flows(dict.fromkeys(t.name for t in body.declared()), made.boxes, made.stream, body.layers)
            self._from_entry(first)
        else:
            made = Arrangement()
            self._place_all(made, scope)
        self._flows(scope, self.outside, [], ())
        return wire.Scene(self._boxes(), self._frames(root), self.ribbons, offsets)

    def _shared(self, layers: list[Arrangement]) -> None:
        """What the layers share stands above the first of them, beside what leads there."""
        shared = self.arranger.shared(self.outside)
        if not shared:
            return
        left, bottom = min(b.x for b in shared.values()), max(b.bottom for b in shared.values())
        dx, dy = 2 * self.gap - left, min(b.y for made in layers for b in made.boxes.values()) - 2 * self.gap - bottom
        while hit := next(
            (o for b in shared.values() for o in self.outside.values() if not _shifted(b, (dx, dy)).apart(o, self.gap)),
            None,
        ):
            dx = hit.right + 2 * self.gap - left
        self.outside |= {n: _shifted(b, (dx, dy)) for n, b in shared.items()}

    def _place_all(self, made: Arrangement, scope: dict[str, Tensor]) -> None:
        """A model without layers: everything hangs from the first tensor."""
        first = next(iter(scope.values()))
        anchor = Placed(first.name, natural(first.axes), 0, 0, self.arranger.spacing.pitch)
        self.outside = {first.name: anchor} | self.arranger.exit(anchor, made, scope)

    def _grid(self, layers: list[Arrangement], count: int, after: dict[str, Placed]) -> Grid:
        boxes = [b for made in layers for b in (*made.boxes.values(), _column(made))]
        height = max(b.bottom for b in boxes) - min(b.y for b in boxes) + 2 * self.gap
        # columns stand as close as boxes at the same height allow, not bounds
        right = [*boxes, *after.values()]
        width = max(a.right + 2 * self.gap - b.x for a in boxes for b in right if not _clear(a, b, self.gap))

        def misfit(rows: int) -> float:
            return abs(math.log(math.ceil(count / rows) * width / (min(rows, count) * height) / SHAPE))

        return Grid(min(range(1, count + 1), key=misfit), width, height)

    # ---- what the browser reads ----

    def _boxes(self) -> list[wire.Box]:
        boxes = [_box(b) for b in self.outside.values()]
        places: dict[str, list[tuple[Module, Placed]]] = {}
        for body, placed in self.inside:
            for b in placed.values():
                places.setdefault(b.name, []).append((body, b))
        for found in places.values():
            same = all(b == found[0][1] for _, b in found)
            boxes += [_box(found[0][1])] if same else [_box(b, body.layers) for body, b in found]
        return boxes

    def _frames(self, root: Module) -> list[wire.Frame]:
        frames = []
        for module in root.walk():
            if not module.layers:
                frames += _frame(module.path, self.outside)
        found: dict[str, list[tuple[Module, wire.Frame]]] = {}
        for body, placed in self.inside:
            for module in body.walk():
                for frame in _frame(module.path, placed):
                    found.setdefault(module.path, []).append((body, frame))
        for same_path in found.values():
            everywhere = len(same_path) == len(self.inside) and all(f == same_path[0][1] for _, f in same_path)
            frames += (
                [same_path[0][1]]
                if everywhere
                else [msgspec.structs.replace(f, layers=list(body.layers)) for body, f in same_path]
            )
        return frames

    def _flows(
        self, names: Iterable[str], boxes: dict[str, Placed], stream: list[str], layers: tuple[int, ...]
    ) -> None:
        """A ribbon for every operand that is no strip, within one scope."""
        known = boxes if layers or self.last is None else {**boxes, self.last.name: self.last}
        for name in names:
            t = self.arranger.declared[name]
            if t.formula is None or name not in boxes:
                continue
            for o in operands(t.formula, boxes[name].orientation):
                if o.name not in known:
                    continue
                line = o.strip or known[o.name].height == 1 or boxes[name].height == 1
                if line and not (o.strip and self.arranger.declared[o.name].role == "input"):
                    continue
                points, width = route(known[o.name], boxes[name], gap=self.gap)
                residual = o.name in stream and name in stream
                role = "residual" if residual else self._role(o.name)
                self.ribbons.append(wire.Ribbon(o.name, name, points, width, role, list(layers)))

    def _role(self, name: str) -> str:
        t = self.arranger.declared.get(name)
        return t.role if t is not None else "activation"

    def _from_entry(self, first: Tensor) -> None:
        """Ribbons from what leads to the first layer into it."""
        target = self.inside[0][1][first.name]
        name = resolve(first.name, 0)
        for o in operands(first.formula, target.orientation) if first.formula is not None else ():
            if o.name in self.outside:
                source = self.outside[o.name]
                straight = min(source.right, target.right) > max(source.x, target.x)
                points, width = (route if straight else descend)(source, target, gap=self.gap)
                role = "residual" if straight else self._role(o.name)
                self.ribbons.append(wire.Ribbon(o.name, name, points, width, role))

    def _between(
        self, bodies: list[Module], layers: list[Arrangement], places: list[tuple[float, float]], grid: Grid
    ) -> None:
        """Ribbons from the end of each layer to the beginning of the next."""
        of = {layer: made for body, made in zip(bodies, layers, strict=True) for layer in body.layers}
        left = min(b.x for _, placed in self.inside for b in placed.values())
        for i in range(len(places) - 1):
            a, b = of[i], of[i + 1]
            source = _moved(a.boxes[a.stream[-1]], places[i], i)
            target = _moved(b.boxes[b.stream[0]], places[i + 1], i + 1)
            if places[i][0] == places[i + 1][0]:
                points, width = route(source, target, gap=self.gap)
            else:
                gutter = places[i + 1][0] + left - 1.5 * self.gap
                points, width = next_column(source, target, gutter=gutter, gap=self.gap)
            self.ribbons.append(wire.Ribbon(source.name, target.name, points, width, "residual"))


def _column(made: Arrangement) -> Placed:
    """The stream of a layer as one box, from where it enters to where it leaves."""
    first, last = (made.boxes[name] for name in (made.stream[0], made.stream[-1]))
    tall = Axis("stream", "stream", math.ceil(last.bottom - first.y))
    return replace(first, orientation=Orientation(first.orientation.columns, tall, None))


def _clear(a: Placed, b: Placed, margin: float) -> bool:
    """Whether two boxes are at different heights."""
    return a.bottom + margin <= b.y or b.bottom + margin <= a.y


def _moved(box: Placed, by: tuple[float, float], layer: int) -> Placed:
    return replace(_shifted(box, by), name=resolve(box.name, layer))


def _shifted(box: Placed, by: tuple[float, float]) -> Placed:
    return replace(box, x=box.x + by[0], y=box.y + by[1])


def _name(axis: Axis | None) -> str | None:
    return None if axis is None else axis.name


def _box(b: Placed, layers: tuple[int, ...] = ()) -> wire.Box:
    o = b.orientation
    pitch = 1.0 if o.depth is None else b.pitch
    return wire.Box(b.name, b.x, b.y, 0, _name(o.columns), _name(o.rows), _name(o.depth), pitch, layers=list(layers))


def _frame(path: str, placed: dict[str, Placed]) -> list[wire.Frame]:
    """The bounds of the boxes of the module at ``path``; nothing if it has none."""
    inside = [b for b in placed.values() if b.name.startswith(path + ".")]
    if not path or not inside:
        return []
    x, y = min(b.x for b in inside), min(b.y for b in inside)
    width, height = max(b.right for b in inside) - x, max(b.bottom for b in inside) - y
    return [wire.Frame(path, x, y, 0, width, height, max(b.depth for b in inside))]
