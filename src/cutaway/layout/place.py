"""Boxes, groups of boxes, and the combinators that put one next to another without overlap.

Lengths are in cells; ``x`` runs right, ``y`` down, ``z`` away; a position is the top left front corner.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import product

from cutaway.formula import Axis
from cutaway.layout.anatomy import Orientation


@dataclass(frozen=True, slots=True)
class Placed:
    """A tensor's block of cells at a place."""

    name: str
    orientation: Orientation
    x: float
    y: float
    pitch: float

    # asked for far more often than boxes are made
    width: float = field(init=False)
    height: float = field(init=False)
    right: float = field(init=False)
    bottom: float = field(init=False)

    def __post_init__(self) -> None:
        wide, tall = _length(self.orientation.columns), _length(self.orientation.rows)
        for name, value in (("width", wide), ("height", tall), ("right", self.x + wide), ("bottom", self.y + tall)):
            object.__setattr__(self, name, value)

    @property
    def depth(self) -> float:
        """From the front of the first slab to the back of the last; a slab is one cell thick."""
        return (_length(self.orientation.depth) - 1) * self.pitch + 1

    def apart(self, other: Placed, margin: float, dx: float = 0, dy: float = 0) -> bool:
        """Whether there are ``margin`` cells between this box, shifted by ``dx`` and ``dy``, and the other, seen from
        the front."""
        x, y = self.x + dx, self.y + dy
        return (
            x + self.width + margin <= other.x
            or other.right + margin <= x
            or y + self.height + margin <= other.y
            or other.bottom + margin <= y
        )


def _length(axis: Axis | None) -> int:
    return 1 if axis is None else axis.size


@dataclass
class Group:
    """Boxes that stand together, in coordinates of their own."""

    gap: float
    """Between a box and its operands."""
    strip_gap: float
    """Between a box and its bias, scale, mean or sum."""
    pitch: float
    boxes: dict[str, Placed] = field(default_factory=dict)

    def put(self, name: str, orientation: Orientation, x: float, y: float) -> Placed:
        """A box at a place."""
        self.boxes[name] = Placed(name, orientation, x, y, self.pitch)
        return self.boxes[name]

    def down_from(self, name: str, orientation: Orientation, x: float, y: float, *, room: float = 0.0) -> Placed:
        """At a place, or as near below it as nothing is touched; ``room``: for strips above the box."""
        made = Placed(name, orientation, x, y + room, self.pitch)
        while hit := self._hit(replace(made, y=made.y - room), self.strip_gap) or self._hit(made, self.strip_gap):
            made = replace(made, y=hit.bottom + self.gap + room)
        self.boxes[name] = made
        return made

    def right_of(self, base: Placed, name: str, orientation: Orientation) -> Placed:
        """To the right of ``base``, rows aligned, as near as there is room."""
        made = Placed(name, orientation, base.right + self.gap, base.y, self.pitch)
        while hit := self._hit(made, self.strip_gap):
            made = replace(made, x=hit.right + self.gap)
        self.boxes[name] = made
        return made

    def add(self, other: Group) -> None:
        """The boxes of another group, moved to the right of these until nothing touches."""
        new = {n: b for n, b in other.boxes.items() if n not in self.boxes}
        shift = 0.0
        while hit := next((b for n in new.values() if (b := self._hit(replace(n, x=n.x + shift), self.gap))), None):
            shift = hit.right + self.gap - min(n.x for n in new.values())
        self.boxes |= {n: replace(b, x=b.x + shift) for n, b in new.items()}

    def left_of(self, box: Placed, name: str, orientation: Orientation, *, strip: bool = False) -> Placed:
        """To the left of ``box``, rows aligned, as near as there is room."""
        gap = self.strip_gap if strip else self.gap
        made = Placed(name, orientation, 0, box.y, self.pitch)
        made = replace(made, x=box.x - gap - made.width)
        while hit := self._hit(made, self.strip_gap if strip else self.gap / 2):
            made = replace(made, x=hit.x - gap - made.width)
        self.boxes[name] = made
        return made

    def above(
        self, box: Placed, name: str, orientation: Orientation, *, strip: bool = False, level: Placed | None = None
    ) -> Placed:
        """Above ``box``, columns aligned: on a level with ``level`` if there is room, else as near as there is."""
        gap = self.strip_gap if strip else self.gap
        made = Placed(name, orientation, box.x, 0, self.pitch)
        if level is not None and level.height == made.height and level.bottom + gap <= box.y:
            beside = replace(made, y=level.y)
            if not self._hit(beside, self.strip_gap):
                self.boxes[name] = beside
                return beside
        made = replace(made, y=box.y - gap - made.height)
        while hit := self._hit(made, self.strip_gap if strip else self.gap / 2):
            made = replace(made, y=hit.y - gap - made.height)
        self.boxes[name] = made
        return made

    def clear_way(self, upper: Placed, lower: Placed, movable: Collection[str]) -> None:
        """Move boxes that stand between two that face each other further to the left: what leads from the one to
        the other would run behind them. Only boxes named in ``movable`` give way."""
        for name in movable:
            box = self.boxes[name]
            between = upper.bottom <= box.y and box.bottom <= lower.y and box.right > upper.x and box.x < upper.right
            if not between or name in (upper.name, lower.name) or min(box.width, box.height) == 1:
                continue
            del self.boxes[name]
            made = replace(box, x=upper.x - self.gap - box.width)
            while hit := self._hit(made, self.gap / 2):
                made = replace(made, x=hit.x - self.gap - made.width)
            self.boxes[name] = made

    def _hit(self, box: Placed, margin: float) -> Placed | None:
        return next((b for b in self.boxes.values() if not box.apart(b, margin)), None)

    @property
    def left(self) -> float:
        return min(b.x for b in self.boxes.values())

    @property
    def right(self) -> float:
        return max(b.right for b in self.boxes.values())

    @property
    def top(self) -> float:
        return min(b.y for b in self.boxes.values())

    @property
    def bottom(self) -> float:
        return max(b.bottom for b in self.boxes.values())

    def moved(self, dx: float, dy: float) -> dict[str, Placed]:
        """The boxes, shifted."""
        return {n: replace(b, x=b.x + dx, y=b.y + dy) for n, b in self.boxes.items()}

    def clear_of(
        self, others: Collection[Placed], dx: float, dy: float, *, right: int = 0, down: int = 0
    ) -> dict[str, Placed]:
        """The boxes, shifted by ``dx`` and ``dy``, and on until they touch none of ``others``.

        They go on by ``right`` and ``down`` gaps at a time.
        """
        pairs = list(product(self.boxes.values(), others))
        while not all(b.apart(o, 1, dx, dy) for b, o in pairs):
            dx, dy = dx + right * self.gap, dy + down * self.gap
        return self.moved(dx, dy)

    def mirrored(self) -> Group:
        """The group seen in a mirror that stands to its right: operands stand on the right of results."""
        flipped = {n: replace(b, x=-b.right) for n, b in self.boxes.items()}
        return Group(self.gap, self.strip_gap, self.pitch, flipped)
