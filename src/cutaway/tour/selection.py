"""What a chapter shows: slabs of blocks that do the same, and places that are no blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cutaway.tour.blocks import Bounds
from cutaway.tour.clips import Clip
from cutaway.tour.slabs import Slabs
from cutaway.tour.timeline import Change, Value

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter


MOST_LIT = 12
"""Of more slabs of a tensor than these, only the first one is lit."""


class Selection:
    """Slabs of blocks that do the same. A tensor, a part of a model and ``x.others`` are selections."""

    def __init__(self, chapter: Chapter, slabs: Slabs | Callable[[], Slabs]) -> None:
        self.chapter = chapter
        self._slabs = slabs

    @property
    def slabs(self) -> Slabs:
        """Which slabs these are; worked out when it is first asked for."""
        if not isinstance(self._slabs, Slabs):
            self._slabs = self._slabs()
        return self._slabs

    def opacity(self, value: float) -> Clip:
        """Fade to an opacity: 0 is gone, 1 is as usual."""
        return self._to("opacity", value)

    def highlight(self, value: float = 1.0) -> Clip:
        """Draw a rim in the colour of what matters now; 0 takes it away. Of a long row of slabs the first one is lit:
        the rims of all would be one body of that colour."""
        places = self.chapter.places
        lit = [
            places.piece_of(name, first, first + 1) if bits.bit_count() > MOST_LIT else places.only(name, bits)
            for name, bits in places.named(self.slabs)
            for first in [(bits & -bits).bit_length() - 1]
        ]
        return Clip((Change(Slabs.joined(lit), "highlight", value),) if lit else ())

    @property
    def others(self) -> Selection:
        """Every slab but these."""
        return Selection(self.chapter, self.chapter.places.everything - self.slabs)

    def __or__(self, other: Selection) -> Selection:
        return Selection(self.chapter, self.slabs | other.slabs)

    def __sub__(self, other: Selection) -> Selection:
        """These without the others."""
        return Selection(self.chapter, self.slabs - other.slabs)

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
        found = self._by_tensor(at)
        return Clip(tuple(c for name, own in found for c in sweeps.clip(name, own, by, part, others_done, at, cells)))

    def split(self, gap: float = 1.0, **at: Value | slice) -> Clip:
        """Part some columns or rows from the rest, as in ``split(token=3)`` or ``split(1.5, channel=slice(0, 4))``;
        ``split(0)`` closes every gap."""
        sweeps = self.chapter.sweeps
        return Clip(tuple(c for name, own in self._by_tensor({}) for c in sweeps.split(name, own, gap, at)))

    def _by_tensor(self, at: dict[str, Value]) -> list[tuple[str, Slabs]]:
        """The slabs of each tensor; those that ``at`` leaves when it names an axis that is laid out in depth."""
        places, found = self.chapter.places, []
        for name, _ in places.named(self.slabs):
            depth = places[name].depth
            k = None if depth is None else at.get(depth.kind.replace(" ", "_"))
            line = places.piece_of(name, k, k + 1) if isinstance(k, int) else places.slabs_of(name)
            if both := self.slabs & line:
                found.append((name, both))
        return found

    def _to(self, channel: str, value: Value) -> Clip:
        return Clip((Change(self.slabs, channel, value),) if self.slabs else ())

    @property
    def bounds(self) -> list[Bounds]:
        """The boxes to have in view."""
        return list(self.chapter.places.boxes_of(self.slabs))

    @property
    def reach(self) -> list[Bounds]:
        """The boxes that they are in for every run."""
        return self.bounds


class Place:
    """A place in the scene that is no tensor, such as the letters of the prompt."""

    def __init__(self, *bounds: Bounds) -> None:
        self.bounds = list(bounds)
        self.reach = self.bounds
