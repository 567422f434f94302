"""The camera: what is in the middle, seen from where, and how much has to be in view.

How far away that is depends on the window, so the browser works it out at the very end; everything up
to there is numbers that can be interpolated. Extents travel as logarithms, so that zooming looks even.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cutaway.formula import Expr, log
from cutaway.tour.blocks import Bounds
from cutaway.tour.clips import Clip
from cutaway.tour.easing import zoom
from cutaway.tour.frames import at_full_length, estimate, view
from cutaway.tour.timeline import Change, Value

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter
    from cutaway.tour.selection import Place, Selection
    from cutaway.tour.tensor_view import Cells

CHANNELS = ("x", "y", "z", "azimuth", "elevation", "width", "height", "near")
AZIMUTH, ELEVATION = -0.3, 0.16
"""From a little to the left and above, so that heads are seen one behind the other."""
MARGIN = 1.12
SHAPE = 1.35
"""Width to height of what is usually free of panels."""


class Camera:
    """The camera of a chapter. It starts where the whole model is in view."""

    def __init__(self, chapter: Chapter) -> None:
        self._chapter = chapter
        for change in self.frame(margin=1.02).changes:
            chapter.timeline.line("camera", change.channel, base=change.value)

    def frame(
        self,
        *things: Selection | Cells | Place,
        azimuth: float = AZIMUTH,
        elevation: float = ELEVATION,
        margin: float = MARGIN,
    ) -> Clip:
        """Bring things into view. ``margin``: how much larger than they what is seen is.

        One thing whose place depends on the run, such as the last column, is put in the middle; among several,
        room is left for wherever it may be.
        """
        parts = [b for thing in things for b in (thing.bounds if len(things) == 1 else thing.reach)]
        if parts:
            return self.box(*parts, azimuth=azimuth, elevation=elevation, margin=margin)
        places, direction = self._chapter.places, (azimuth, elevation)
        if direction not in places.seen_whole:
            places.seen_whole[direction] = view(places.whole, *direction)
        return Clip(self._changes(places.seen_whole[direction], azimuth, elevation, margin))

    def box(
        self, *parts: Bounds, azimuth: float = AZIMUTH, elevation: float = ELEVATION, margin: float = MARGIN
    ) -> Clip:
        """Bring pieces of the scene into view."""
        seen = parts if self._chapter.has_values else at_full_length(parts, self._chapter.imagined)
        return Clip(self._changes(view(seen, azimuth, elevation), azimuth, elevation, margin))

    def back(self) -> Clip:
        """Return to what is in view now, later."""
        lines = self._chapter.timeline
        return Clip(tuple(Change("camera", k, lines.line("camera", k).value) for k in CHANNELS))

    def ease(self, goal: dict[str, Value]) -> str:
        """The easing with which places go while the camera goes to a goal: channel to value."""
        line = self._chapter.timeline.line
        before = _extent(line("camera", "width").value, line("camera", "height").value)
        after = _extent(goal.get("width"), goal.get("height"))
        return "smooth" if before is None or after is None else zoom(after - before)

    def _changes(self, found: tuple[Value, ...], azimuth: float, elevation: float, margin: float) -> tuple[Change, ...]:
        x, y, z, width, height, near = found
        values = (x, y, z, azimuth, elevation, _log(width, margin), _log(height, margin), near)
        return tuple(Change("camera", k, v) for k, v in zip(CHANNELS, values, strict=True))


def _log(value: Value, margin: float) -> Value:
    return log(value * margin) if isinstance(value, Expr) else math.log(max(value, 1e-3) * margin)


def _extent(width: Value | None, height: Value | None) -> float | None:
    """The logarithm of how much is in view, as near as can be told without a run."""
    a, b = (None if v is None else estimate(v) for v in (width, height))
    return None if a is None or b is None else max(a - math.log(SHAPE), b)
