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
from cutaway.formula import cells
from cutaway.layout.anatomy import Operand, Orientation, Side, main_operand, natural, operands
from cutaway.layout.place import Group, Placed

TALL = 2.5
"""A box this many times taller than wide has its element-wise result beside it instead of below."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances of a model's picture, in cells."""

    gap: float
    strip: float
    exit: float
    """Between the residual stream and a sublayer."""
    pitch: float
    """Between the slabs of an axis laid out in depth."""

    @staticmethod
    def of(definition: Definition) -> Spacing:
        """Distances in proportion to the width of the model."""
        widths = [a.size for a in definition.axes if a.kind == "channel"]
        heads = [a.size for a in definition.axes if a.kind == "head channel"]
        gap = max(8, round(max(widths, default=40) / 5))
        return Spacing(gap, max(1, round(gap / 10)), 2 * gap, max(6, round(max(heads, default=8) * 0.6)))


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
    scope: dict[str, Tensor] = field(default_factory=dict)
    """What may be placed now: the tensors of a layer, or those outside the layers."""

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

    def group(self) -> Group:
        return Group(self.spacing.gap, self.spacing.strip, self.spacing.pitch)

    # ---- one layer ----

    def layer(self, body: Module) -> Arrangement:
        """A layer in coordinates of its own: the stream enters at the origin."""
        tensors = {t.name: t for t in reversed(list(body.declared()))}
        tensors = dict(reversed(tensors.items()))
        self.scope = tensors
        first = next(iter(tensors.values()))
        made = Arrangement()
        made.boxes[first.name] = Placed(first.name, natural(first.axes), 0, 0, self.spacing.pitch)
        made.stream.append(first.name)
        for t in tensors.values():
            self._join(t, made, tensors)
            self._pass(t, made, tensors)
        self._leftovers(made, tensors)
        return made

    def _join(self, t: Tensor, made: Arrangement, scope: dict[str, Tensor]) -> None:
        """If ``t`` adds sublayers to the stream: place them, then ``t`` as the stream's next station."""
        stream = made.boxes[made.stream[-1]]
        if t.formula is None or t.name in made.boxes:
            return
        same = [o for o in operands(t.formula, natural(t.axes)) if o.side is Side.SAME]
        added = [o for o in same if o.name != stream.name and o.name in scope]
        added = [o for o in added if self._depends(scope[o.name], stream.name, scope)]
        if stream.name not in [o.name for o in same] or not added:
            return
        level = stream.bottom + self.spacing.gap
        for o in added:
            boxes = self.sublayer(scope[o.name], stream, made)
            made.add(boxes)
            level = max(level, boxes[o.name].y)
        made.boxes[t.name] = Placed(t.name, natural(t.axes), stream.x, level, self.spacing.pitch)
        made.stream.append(t.name)

    def _pass(self, t: Tensor, made: Arrangement, scope: dict[str, Tensor]) -> None:
        """If all that follows reads the stream through ``t``, as after a norm of it: ``t`` is its next station."""
        stream, names = made.boxes[made.stream[-1]], list(scope)
        if t.formula is None or t.name in made.boxes or t.axes != scope[stream.name].axes:
            return
        place = names.index(t.name)
        between = [n for n in names[:place] if n not in made.boxes and self._depends(scope[n], stream.name, scope)]
        later = [scope[n].formula for n in names[place + 1 :]]
        read = {cell.tensor.name for e in later if e is not None for cell in cells(e)}
        if read & {stream.name, *between} or not self._depends(t, stream.name, scope):
            return
        group = self.group()
        box = self._trunk(group, t, stream)
        dx, dy = stream.x - box.x, stream.bottom + self.spacing.gap - min(b.y for b in group.boxes.values())
        while any(not b.apart(o, 1) for b in group.moved(dx, dy).values() for o in made.boxes.values()):
            dy += self.spacing.gap
        made.add(group.moved(dx, dy))
        made.stream.append(t.name)

    def sublayer(self, end: Tensor, stream: Placed, made: Arrangement) -> dict[str, Placed]:
        """The group of boxes that leads from the stream to ``end``, on the side whose turn it is."""
        group = self.group()
        self._trunk(group, end, stream)
        right = made.sides % 2 == 1
        made.sides += 1
        if right:
            group = group.mirrored()
        dx = stream.right + self.spacing.exit - group.left if right else stream.x - self.spacing.exit - group.right
        return self._clear_of(made, group, dx, right)

    def _depends(self, t: Tensor, on: str, scope: dict[str, Tensor]) -> bool:
        """Whether ``t`` is computed from the tensor named ``on``, within the scope."""
        waiting, seen = [t], {t.name}
        while waiting:
            current = waiting.pop()
            for cell in cells(current.formula) if current.formula is not None else ():
                name = cell.tensor.name
                if name == on:
                    return True
                if name in scope and name not in seen:
                    seen.add(name)
                    waiting.append(scope[name])
        return False

    # ---- one group ----

    def _trunk(self, group: Group, t: Tensor, anchor: Placed | None) -> Placed:
        """Place ``t`` under what it follows, back to the anchor, and its other operands around it."""
        lie = natural(t.axes)
        found = self._operands(t, lie, anchor)
        main = main_operand(found)
        others = [o for o in found if o is not main]
        room = sum(
            self.spacing.strip + 1 for o in others if o.strip and o.side is Side.TOP and o.name not in group.boxes
        )
        if main is None:
            box = group.put(t.name, lie, 0, 0)
        elif anchor is not None and main.name == anchor.name:
            beside = main.side is Side.SAME
            box = group.put(t.name, lie, 0, anchor.y if beside else anchor.bottom + self.spacing.gap)
        else:
            base = group.boxes.get(main.name) or self._trunk(group, self.scope[main.name], anchor)
            if main.side is Side.SAME and base.height > TALL * base.width:
                box = group.put(t.name, lie, base.right + self.spacing.gap, base.y)
            else:
                box = group.put(t.name, lie, base.x, base.bottom + self.spacing.gap + room)
        self._around(group, box, others, anchor)
        return box

    def _around(self, group: Group, box: Placed, others: list[Operand], anchor: Placed | None) -> None:
        """Place the operands of ``box`` that have no place yet: strips next to it, the rest behind them."""
        for o in sorted(others, key=lambda o: not o.strip):
            if o.name in group.boxes or (anchor is not None and o.name == anchor.name):
                continue
            if o.side is Side.TOP:
                level = next((group.boxes[p.name] for p in others if self._level(group, p, o)), None)
                made = group.above(box, o.name, o.orientation, strip=o.strip, level=level)
            else:
                made = group.left_of(box, o.name, o.orientation, strip=o.strip)
            self._around(group, made, self._operands(self.scope[o.name], o.orientation, anchor), anchor)

    def _operands(self, t: Tensor, lie: Orientation, anchor: Placed | None) -> list[Operand]:
        """The operands of ``t`` that stand in this scope."""
        found = operands(t.formula, lie) if t.formula is not None else []
        return [o for o in found if o.name in self.scope or (anchor is not None and o.name == anchor.name)]

    def _level(self, group: Group, placed: Operand, o: Operand) -> bool:
        """Whether ``placed`` stands already and its rows are those that ``o`` is multiplied along."""
        box = group.boxes.get(placed.name)
        return box is not None and box.orientation.rows is not None and box.orientation.rows is o.orientation.rows

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
        group = self.group()
        self.scope = {n: t for n, t in self.outside.items() if n not in placed}
        found = self._operands(first, natural(first.axes), None)
        main = main_operand(found)
        if main is None:
            return {}
        box = self._trunk(group, self.scope[main.name], None)
        self._around(group, box, [o for o in found if o is not main], None)
        dy = -box.bottom - self.spacing.gap
        while any(not b.apart(o, 1) for b in group.moved(-box.x, dy).values() for o in layer.boxes.values()):
            dy -= self.spacing.gap
        return group.moved(-box.x, dy)

    def shared(self, placed: Collection[str]) -> dict[str, Placed]:
        """What the layers share, such as rotary angles: whatever outside them is not ``placed`` yet."""
        group = self.group()
        self.scope = {n: t for n, t in self.outside.items() if n not in placed}
        read = {cell.tensor.name for t in self.scope.values() if t.formula is not None for cell in cells(t.formula)}
        for t in self.scope.values():
            if t.name not in read and t.name not in group.boxes:
                apart = self.group()
                apart.boxes |= {n: b for n, b in group.boxes.items() if self._depends(t, n, self.scope)}
                self._trunk(apart, t, None)
                group.add(apart)
        return group.boxes

    @cached_property
    def outside(self) -> dict[str, Tensor]:
        """The tensors outside the layers."""
        return {name: t for name, t in self.declared.items() if not t.layers}

    def exit(self, last: Placed, made: Arrangement, scope: dict[str, Tensor]) -> dict[str, Placed]:
        """What leads from the last station of the stream to the prediction, beside and below it."""
        group = self.group()
        self.scope = self.outside
        read = {cell.tensor.name for t in scope.values() if t.formula is not None for cell in cells(t.formula)}
        for t in scope.values():
            if t.formula is not None and t.name not in read and self._depends(t, last.name, scope):
                self._trunk(group, t, last)
        if not group.boxes:
            return {}
        right = made.sides % 2 == 1
        group = group.mirrored() if right else group
        dx = last.right + self.spacing.exit - group.left if right else last.x - self.spacing.exit - group.right
        return self._clear_of(made, group, dx, right)

    def _clear_of(self, made: Arrangement, group: Group, dx: float, right: bool) -> dict[str, Placed]:
        """The group moved by ``dx``, and on outwards until it touches nothing that stands."""
        while any(not b.apart(other, 1) for b in group.moved(dx, 0).values() for other in made.boxes.values()):
            dx += self.spacing.gap if right else -self.spacing.gap
        return group.moved(dx, 0)
