"""The scene of a model: boxes, frames of modules, ribbons, and one offset per layer.

Layers that are alike are one set of boxes placed many times; they stand below one another in as many
columns as bring the whole nearest to the shape of a screen, and the stream is led from the foot of one
column to the head of the next. Several stacks of layers stand side by side, see ``stack``.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cutaway import wire
from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Axis
from cutaway.layout.anatomy import natural, operands
from cutaway.layout.arrange import Arrangement, Arranger
from cutaway.layout.flow import across, descend, next_column, route
from cutaway.layout.place import Placed
from cutaway.layout.stack import Stack, moved, shifted, stack_of, stream_width

SHAPE = 1.7
"""Width over height that the picture of a whole model aims at."""
BETWEEN_STACKS = 6
"""Room between two stacks of layers, in gaps."""


def scene_of(definition: Definition) -> wire.Scene:
    """The scene of ``definition``, at its full context length."""
    return _Scene(definition, Arranger(definition)).build()


class _Scene:
    def __init__(self, definition: Definition, arranger: Arranger) -> None:
        self.definition = definition
        self.arranger = arranger
        self.gap = arranger.spacing.gap
        self.outside: dict[str, Placed] = {}
        """Boxes outside the layers, where they are."""
        self.stacks: list[Stack] = []
        self.ribbons: list[wire.Ribbon] = []

    def build(self) -> wire.Scene:
        root = self.definition.root
        bodies: dict[str, list[Module]] = {}
        for module in root.modules:
            if module.layers:
                bodies.setdefault(module.path, []).append(module)
        scope = {t.name: t for t in root.declared() if not t.layers}
        if bodies:
            self._place_stacks(list(bodies.values()), scope)
        else:
            self._place_all(Arrangement(), scope)
        for stack in self.stacks:
            self._between(stack)
            for body, made in zip(stack.bodies, stack.layers, strict=True):
                self._flows(dict.fromkeys(t.name for t in body.declared()), made.boxes, made.stream, body.layers)
            self._from_entry(stack)
            self._from_other_stacks(stack)
        self._flows(scope, self.outside, [], ())
        offsets = {stack.name: [wire.Point(x, y, 0) for x, y in stack.places] for stack in self.stacks}
        return wire.Scene(self._boxes(), self._frames(root), self.ribbons, offsets)

    @property
    def inside(self) -> list[tuple[Module, dict[str, Placed]]]:
        """Boxes of the layers, relative to the layer, for each body."""
        return [(b, made.boxes) for s in self.stacks for b, made in zip(s.bodies, s.layers, strict=True)]

    def _place_stacks(self, groups: list[list[Module]], scope: dict[str, Tensor]) -> None:
        """The stacks side by side, their streams beginning at one height."""
        for bodies in groups:
            is_last = bodies is groups[-1]
            made = stack_of(
                self.arranger,
                bodies,
                scope,
                placed=self.outside,
                takes_rest=is_last,
                shape=SHAPE / len(groups),
            )
            if self.stacks:
                right = max(b.right for b in self.stacks[-1].boxes())
                made = made.moved(right + BETWEEN_STACKS * self.gap - min(b.x for b in made.boxes()), 0)
            self.stacks.append(made)
            self.outside |= made.outside

    def _place_all(self, made: Arrangement, scope: dict[str, Tensor]) -> None:
        """A model without layers: everything hangs from the first tensor."""
        first = next(iter(scope.values()))
        anchor = Placed(first.name, natural(first.axes), 0, 0, self.arranger.spacing.pitch)
        self.outside = {first.name: anchor} | self.arranger.exit(anchor, made)

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
            stack = next(s for s in self.stacks if same_path[0][0] in s.bodies)
            everywhere = len(same_path) == len(stack.bodies) and all(f == same_path[0][1] for _, f in same_path)
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
        known = boxes if layers else {**boxes, **{s.last.name: s.last for s in self.stacks}}
        among = list(known.values()) if layers else [*known.values(), *self._layers_as_boxes()]
        over = None if layers else min(b.y for b in among) - self.gap
        for name in names:
            t = self.arranger.declared[name]
            for o in operands(t, boxes[name].orientation) if name in boxes else ():
                if o.name not in known:
                    continue
                line = o.strip or known[o.name].height == 1 or boxes[name].height == 1
                if line and not (o.strip and self.arranger.declared[o.name].role == "input"):
                    continue
                points, width = route(known[o.name], boxes[name], gap=self.gap, among=among, over=over)
                residual = o.name in stream and name in stream
                role = "residual" if residual else self._role(o.name)
                self.ribbons.append(wire.Ribbon(o.name, name, points, width, role, list(layers)))

    def _layers_as_boxes(self) -> list[Placed]:
        """Every layer as one box, but those where a stack ends box by box: what follows stands among them."""
        found = [s.bounds(i) for s in self.stacks for i in range(len(s.places) - 1)]
        for s in self.stacks:
            end = len(s.places) - 1
            found += [moved(b, s.places[end], end) for b in s.of[end].boxes.values()]
        return found

    def _role(self, name: str) -> str:
        t = self.arranger.declared.get(name)
        return t.role if t is not None else "activation"

    def _from_entry(self, stack: Stack) -> None:
        """Ribbons from what leads to the first layer into it."""
        target = stack.first
        for o in operands(self.arranger.declared[stack.layers[0].stream[0]], target.orientation):
            if o.name in self.outside:
                source = self.outside[o.name]
                straight = min(source.right, target.right) > max(source.x, target.x)
                points, width = (route if straight else descend)(source, target, gap=self.gap)
                role = "residual" if straight else self._role(o.name)
                self.ribbons.append(wire.Ribbon(o.name, target.name, points, width, role))

    def _between(self, stack: Stack) -> None:
        """Ribbons from the end of each layer to the beginning of the next."""
        of, places = stack.of, stack.places
        for i in range(len(places) - 1):
            a, b = of[i], of[i + 1]
            source = moved(a.boxes[a.stream[-1]], places[i], i)
            target = moved(b.boxes[b.stream[0]], places[i + 1], i + 1)
            if places[i][0] == places[i + 1][0]:
                points, width = route(source, target, gap=self.gap)
            else:
                # far enough out at both ends that a wide band clears the boxes and has room for its arrow
                width = stream_width(source)
                foot = max(stack.bounds(i).bottom + self.gap, source.bottom + width / 2) + width / 2
                head = min(stack.bounds(i + 1).y - self.gap - width / 2, target.y - 2 * width)
                gutter = places[i + 1][0] + stack.gutter
                points, width = next_column(source, target, foot=foot, head=head, gutter=gutter, width=width)
            self.ribbons.append(wire.Ribbon(source.name, target.name, points, width, "residual"))

    def _from_other_stacks(self, stack: Stack) -> None:
        """Ribbons from where other stacks end into the layers that read them, such as cross-attention."""
        ends = {n: s for s in self.stacks if s is not stack for n in s.after}
        if not ends:
            return
        over = min(b.y for b in stack.boxes()) - 2 * self.gap
        for body, made in zip(stack.bodies, stack.layers, strict=True):
            for t in body.declared():
                found = operands(t, made.boxes[t.name].orientation)
                for name in dict.fromkeys(o.name for o in found if o.name in ends):
                    source, other = self.outside[name], ends[name]
                    under = max(b.bottom for b in other.boxes() if b.right > source.x) + 2 * self.gap
                    out = max(b.right for b in other.boxes()) + BETWEEN_STACKS / 2 * self.gap
                    for layer in body.layers:
                        target = moved(made.boxes[t.name], stack.places[layer], layer)
                        bounds = stack.bounds(layer)
                        is_left = target.x < stack.places[layer][0]
                        gutter = bounds.x - 0.5 * self.gap if is_left else bounds.right + 0.5 * self.gap
                        among = [shifted(b, stack.places[layer]) for b in made.boxes.values()]
                        way = across(source, target, under=under, out=out, over=over, gutter=gutter, among=among)
                        self.ribbons.append(wire.Ribbon(name, target.name, way, self.gap / 4, self._role(name)))


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
