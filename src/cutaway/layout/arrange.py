"""The rules of the picture: the residual stream runs straight down, sublayers go out to the side and back.

A *stream* is found, not named: it is the tensor that a layer hands on, and every sum of the stream with
something computed from it (a *join*) is the stream's next station. What was computed in between is a
sublayer: a group that hangs from one station and ends beside the next, left and right in turn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

from cutaway.definition import Definition, Module, Tensor
from cutaway.layout.anatomy import Side, main_operand, natural, operands
from cutaway.layout.place import Group, Placed
from cutaway.layout.trunk import Spacing, Trunks


@dataclass
class Arrangement:
    """Boxes of one scope (a layer, or what is outside the layers), and which of them are the stream."""

    boxes: dict[str, Placed] = field(default_factory=dict)
    stream: list[str] = field(default_factory=list)
    sides: int = 0
    """Sublayers so far; even ones go left."""

    def add(self, boxes: dict[str, Placed]) -> None:
        self.boxes |= boxes


@dataclass
class Arranger:
    """Places every tensor of a definition."""

    definition: Definition

    @cached_property
    def spacing(self) -> Spacing:
        return Spacing.of(self.definition)

    @cached_property
    def declared(self) -> dict[str, Tensor]:
        """Template name to declaration; of several, the first."""
        found: dict[str, Tensor] = {}
        for t in self.definition.root.declared():
            found.setdefault(t.name, t)
        return found

    def _trunks(self, scope: dict[str, Tensor]) -> Trunks:
        return Trunks(self.spacing, scope)

    # ---- one layer ----

    def layer(self, body: Module) -> Arrangement:
        """A layer in coordinates of its own: the stream enters at the origin."""
        tensors = {t.name: t for t in reversed(list(body.declared()))}
        tensors = dict(reversed(tensors.items()))
        trunks = self._trunks(tensors)
        first = next(iter(tensors.values()))
        made = Arrangement()
        made.boxes[first.name] = Placed(first.name, natural(first.axes), 0, 0, self.spacing.pitch)
        made.stream.append(first.name)
        for t in tensors.values():
            self._join(t, made, trunks)
            self._pass(t, made, trunks)
        self._leftovers(made, tensors)
        return made

    def _join(self, t: Tensor, made: Arrangement, trunks: Trunks) -> None:
        """If ``t`` adds sublayers to the stream: place them, then ``t`` as the stream's next station."""
        scope, stream = trunks.scope, made.boxes[made.stream[-1]]
        if t.formula is None or t.name in made.boxes:
            return
        same = [o for o in operands(t, natural(t.axes)) if o.side is Side.SAME]
        added = [o for o in same if o.name != stream.name and o.name in scope]
        added = [o for o in added if trunks.depends(scope[o.name], stream.name)]
        if stream.name not in [o.name for o in same] or not added:
            return
        level = stream.bottom + self.spacing.gap
        for o in added:
            boxes = self._sublayer(scope[o.name], stream, made, trunks)
            made.add(boxes)
            level = max(level, boxes[o.name].y)
        made.boxes[t.name] = Placed(t.name, natural(t.axes), stream.x, level, self.spacing.pitch)
        made.stream.append(t.name)

    def _pass(self, t: Tensor, made: Arrangement, trunks: Trunks) -> None:
        """If all that follows reads the stream through ``t``, as after a norm of it: ``t`` is its next station."""
        scope, stream = trunks.scope, made.boxes[made.stream[-1]]
        names = list(scope)
        if t.formula is None or t.name in made.boxes or t.axes != scope[stream.name].axes:
            return
        place = names.index(t.name)
        between = [n for n in names[:place] if n not in made.boxes and trunks.depends(scope[n], stream.name)]
        read = {name for n in names[place + 1 :] for name in scope[n].sources}
        if read & {stream.name, *between} or not trunks.depends(t, stream.name):
            return
        group = self.spacing.group()
        box = trunks.trunk(group, t, stream)
        dx, dy = stream.x - box.x, stream.bottom + self.spacing.gap - min(b.y for b in group.boxes.values())
        made.add(group.clear_of(made.boxes.values(), dx, dy, down=1))
        made.stream.append(t.name)

    def _sublayer(self, end: Tensor, stream: Placed, made: Arrangement, trunks: Trunks) -> dict[str, Placed]:
        """The group of boxes that leads from the stream to ``end``, on the side whose turn it is."""
        group = self.spacing.group()
        trunks.trunk(group, end, stream)
        right = made.sides % 2 == 1
        made.sides += 1
        group, dx = self._beside(group, stream, right)
        return group.clear_of(made.boxes.values(), dx, 0, right=1 if right else -1)

    def _leftovers(self, made: Arrangement, scope: dict[str, Tensor]) -> None:
        """Whatever no rule has placed stands in a column to the left, so that nothing is ever missing."""
        for t in scope.values():
            if t.name not in made.boxes:
                left = min(b.x for b in made.boxes.values())
                box = Placed(t.name, natural(t.axes), 0, 0, self.spacing.pitch)
                made.boxes[t.name] = replace(box, x=left - self.spacing.exit - box.width)

    # ---- outside the layers ----

    def entry(self, first: Tensor, layer: Arrangement, placed: Collection[str] = ()) -> dict[str, Placed]:
        """What leads to the first layer and is not ``placed`` yet, above its origin and clear of its boxes."""
        group = self.spacing.group()
        trunks = self._trunks({n: t for n, t in self.outside.items() if n not in placed})
        found = trunks.operands(first, natural(first.axes), None)
        main = main_operand(found)
        if main is None:
            return {}
        box = trunks.trunk(group, trunks.scope[main.name], None)
        trunks.around(group, box, [o for o in found if o is not main], None)
        return group.clear_of(layer.boxes.values(), -box.x, -box.bottom - self.spacing.gap, down=-1)

    def shared(self, placed: Collection[str]) -> dict[str, Placed]:
        """What the layers share, such as rotary angles: whatever outside them is not ``placed`` yet."""
        group = self.spacing.group()
        trunks = self._trunks({n: t for n, t in self.outside.items() if n not in placed})
        read = {name for t in trunks.scope.values() for name in t.sources}
        for t in trunks.scope.values():
            if t.name not in read and t.name not in group.boxes:
                apart = self.spacing.group()
                apart.boxes |= {n: b for n, b in group.boxes.items() if trunks.depends(t, n)}
                trunks.trunk(apart, t, None)
                group.add(apart)
        return group.boxes

    @cached_property
    def outside(self) -> dict[str, Tensor]:
        """The tensors outside the layers."""
        return {name: t for name, t in self.declared.items() if not t.layers}

    def exit(self, last: Placed, made: Arrangement) -> dict[str, Placed]:
        """What leads from the last station of the stream to the prediction, beside and below it."""
        group = self.spacing.group()
        trunks = self._trunks(self.outside)
        read = {name for t in trunks.scope.values() for name in t.sources}
        for t in trunks.scope.values():
            if t.formula is not None and t.name not in read and trunks.depends(t, last.name):
                trunks.trunk(group, t, last)
        if not group.boxes:
            return {}
        found = []
        for right in (made.sides % 2 == 1, made.sides % 2 == 0):
            side, dx = self._beside(group, last, right)
            for way in ({"right": 1 if right else -1}, {"down": 1}):
                boxes = side.clear_of(made.boxes.values(), dx, 0, **way)
                left, top = min(b.x for b in boxes.values()), min(b.y for b in boxes.values())
                found.append((abs(left - side.left - dx) + top - side.top, boxes))
        return min(found, key=lambda f: f[0])[1]  # the side whose turn it is, unless the other is nearer

    def _beside(self, group: Group, stream: Placed, right: bool) -> tuple[Group, float]:
        """A group as it lies on one side of the stream, and how far it has to be moved to stand there."""
        if right:
            group = group.mirrored()
            return group, stream.right + self.spacing.exit - group.left
        return group, stream.x - self.spacing.exit - group.right
