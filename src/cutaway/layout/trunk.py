"""One group of boxes: what leads to a tensor stands in a trunk, one below the other, with its operands around it.

The trunk of a sublayer begins at the residual stream, its *anchor*, and follows the columns that results share
with what they are computed from. What else a result reads stands beside it by the rule of ``anatomy``.
"""

from __future__ import annotations

from dataclasses import dataclass

from cutaway.definition import Definition, Tensor
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

    def group(self) -> Group:
        """An empty group."""
        return Group(self.gap, self.strip, self.pitch)


@dataclass
class Trunks:
    """Places tensors of one scope in groups."""

    spacing: Spacing
    scope: dict[str, Tensor]
    """What may be placed now: the tensors of a layer, or those outside the layers."""

    def trunk(self, group: Group, t: Tensor, anchor: Placed | None) -> Placed:
        """Place ``t`` under what it follows, back to the anchor, and its other operands around it."""
        lie = natural(t.axes)
        found = self.operands(t, lie, anchor)
        main = main_operand(found)
        others = [o for o in found if o is not main]
        base = self._base(group, main, anchor)
        self._first(group, t, others, anchor)
        room = sum(
            self.spacing.strip + 1 for o in others if o.strip and o.side is Side.TOP and o.name not in group.boxes
        )
        if main is None:
            box = group.put(t.name, lie, 0, 0)
        elif base is None:
            assert anchor is not None
            level = anchor.y if main.side is Side.SAME else anchor.bottom + self.spacing.gap
            box = group.down_from(t.name, lie, 0, level)
        elif main.side is Side.SAME and base.height > TALL * base.width:
            box = group.right_of(base, t.name, lie)
            self._beyond(group, box, [o for o in others if o.side is Side.SAME], anchor)
        else:
            box = group.down_from(t.name, lie, base.x, base.bottom + self.spacing.gap, room=room)
        self.around(group, box, others, anchor)
        return box

    def _base(self, group: Group, main: Operand | None, anchor: Placed | None) -> Placed | None:
        """The box that a result follows, placed if it is not yet; none if there is none or it is the anchor."""
        if main is None or (anchor is not None and main.name == anchor.name):
            return None
        return group.boxes.get(main.name) or self.trunk(group, self.scope[main.name], anchor)

    def _first(self, group: Group, t: Tensor, others: list[Operand], anchor: Placed | None) -> None:
        """Place what has to be known before ``t``, such as the choice of experts: it follows in the trunk above ``t``.

        That is what the operands that share the columns of ``t`` are computed from, where this begins at
        boxes that stand, and what else is made of it before ``t``.
        """
        stand = {*group.boxes, *([anchor.name] if anchor is not None else [])}
        chain: set[str] = set()
        for o in others:
            if o.side is Side.TOP and o.name not in group.boxes and natural(self.scope[o.name].axes).rows is not None:
                made_of = self._made_of(self.scope[o.name], group)
                if any(self.depends(self.scope[o.name], name) for name in stand):
                    chain |= made_of
        for u in list(self.scope.values()) if chain else ():
            if u.name == t.name:
                break
            if u.formula is None or natural(u.axes).rows is None:
                continue
            computed = [n for n in u.sources if n in self.scope and self.scope[n].formula is not None]
            if u.name not in chain and computed and all(n in chain for n in computed):
                chain.add(u.name)
            if u.name in chain and u.name not in group.boxes:
                self.trunk(group, u, anchor)

    def _made_of(self, t: Tensor, group: Group) -> set[str]:
        """``t`` and all computed tensors of the scope that it is computed from and that have no place yet."""
        waiting, found = [t], {t.name}
        while waiting:
            for name in waiting.pop().sources:
                u = self.scope.get(name)
                if u is not None and u.formula is not None and u.name not in found and u.name not in group.boxes:
                    found.add(u.name)
                    waiting.append(u)
        return found

    def _beyond(self, group: Group, box: Placed, others: list[Operand], anchor: Placed | None) -> None:
        """Place operands of the form of ``box`` on its free side, in a mirror: what both branches make meets in it."""
        for o in others:
            if o.name in group.boxes or (anchor is not None and o.name == anchor.name):
                continue
            branch, rest = self.spacing.group(), self._without(group)
            made = branch.put(o.name, o.orientation, 0, box.y)
            rest.around(branch, made, rest.operands(self.scope[o.name], o.orientation, anchor), anchor)
            branch = branch.mirrored()
            dx = box.right + self.spacing.gap - branch.left
            group.boxes |= branch.clear_of(group.boxes.values(), dx, 0, right=1)

    def around(self, group: Group, box: Placed, others: list[Operand], anchor: Placed | None) -> None:
        """Place the operands of ``box`` that have no place yet: strips next to it, the rest behind them."""
        for o in sorted(others, key=lambda o: not o.strip):
            if o.name in group.boxes or (anchor is not None and o.name == anchor.name):
                continue
            if o.side is Side.SAME and self._is_branch(group, o):
                self._branch(group, box, o)
                continue
            if o.side is Side.TOP:
                level = next((group.boxes[p.name] for p in others if self._level(group, p, o)), None)
                made = group.above(box, o.name, o.orientation, strip=o.strip, level=level)
                group.clear_way(made, box, [n for n in group.boxes if self.scope[n].formula is None])
            else:
                made = group.left_of(box, o.name, o.orientation, strip=o.strip)
            self.around(group, made, self.operands(self.scope[o.name], o.orientation, anchor), anchor)

    def _is_branch(self, group: Group, o: Operand) -> bool:
        """Whether an operand is the end of a way of its own from a box that stands, of three steps or more.

        Keys, which lie transposed beside the scores, are not: what leads to them lies as they do.
        """
        if o.orientation != natural(self.scope[o.name].axes):
            return False
        return self._fork(group, o.name) is not None and len(self._made_of(self.scope[o.name], group)) > 2

    def _fork(self, group: Group, name: str) -> Placed | None:
        """The box from which all leads to a tensor that has no place yet; none if there are several."""
        read = {n for made in self._made_of(self.scope[name], group) for n in self.scope[made].sources}
        found = [group.boxes[n] for n in read if n in group.boxes]
        return found[0] if len(found) == 1 else None

    def _branch(self, group: Group, box: Placed, o: Operand) -> None:
        """Place a way of its own beside the group, such as an expert that all tokens share; it ends beside ``box``."""
        branch = self.spacing.group()
        end = self._without(group).trunk(branch, self.scope[o.name], self._fork(group, o.name))
        dx, dy = box.x - self.spacing.gap - branch.right, box.y - end.y
        group.boxes |= branch.clear_of(group.boxes.values(), dx, dy, right=-1)

    def operands(self, t: Tensor, lie: Orientation, anchor: Placed | None) -> list[Operand]:
        """The operands of ``t`` that stand in this scope."""
        return [o for o in operands(t, lie) if o.name in self.scope or (anchor is not None and o.name == anchor.name)]

    def _level(self, group: Group, placed: Operand, o: Operand) -> bool:
        """Whether ``placed`` stands already and its rows are those that ``o`` is multiplied along."""
        box = group.boxes.get(placed.name)
        return box is not None and box.orientation.rows is not None and box.orientation.rows is o.orientation.rows

    def _without(self, group: Group) -> Trunks:
        """The same for what has no place in a group yet."""
        return Trunks(self.spacing, {n: t for n, t in self.scope.items() if n not in group.boxes})

    def depends(self, t: Tensor, on: str) -> bool:
        """Whether ``t`` is computed from the tensor named ``on``, within the scope."""
        waiting, seen = [t], {t.name}
        while waiting:
            for name in waiting.pop().sources:
                if name == on:
                    return True
                if name in self.scope and name not in seen:
                    seen.add(name)
                    waiting.append(self.scope[name])
        return False
