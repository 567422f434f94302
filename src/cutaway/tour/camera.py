"""The camera: what is in the middle, seen from where, and how much has to be in view.

How far away that is depends on the window, so the browser works it out at the very end; everything up
to there is numbers that can be interpolated. Extents travel as logarithms, so that zooming looks even.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cutaway.formula import Expr, log
from cutaway.tour.clips import Clip
from cutaway.tour.places import view
from cutaway.tour.timeline import Change, Value

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter
    from cutaway.tour.views import Cells, Selection

CHANNELS = ("x", "y", "z", "azimuth", "elevation", "width", "height", "near")
AZIMUTH, ELEVATION = -0.3, 0.16
"""From a little to the left and above, so that heads are seen one behind the other."""
MARGIN = 1.12


class Camera:
    """The camera of a chapter. It starts where the whole model is in view."""

    def __init__(self, chapter: Chapter) -> None:
        self._chapter = chapter
        for change in self._changes(view(chapter.places.whole(), AZIMUTH, ELEVATION), AZIMUTH, ELEVATION, 1.02):
            chapter.timeline.line(change.target, change.channel).base = change.value

    def frame(
        self,
        *things: Selection | Cells,
        azimuth: float = AZIMUTH,
        elevation: float = ELEVATION,
        margin: float = MARGIN,
    ) -> Clip:
        """Bring things into view. ``margin``: how much larger than they what is seen is."""
        bounds = [b for thing in things for b in thing.bounds] or self._chapter.places.whole()
        return Clip(self._changes(view(bounds, azimuth, elevation), azimuth, elevation, margin))

    def _changes(self, found: tuple[Value, ...], azimuth: float, elevation: float, margin: float) -> tuple[Change, ...]:
        x, y, z, width, height, near = found
        values = (x, y, z, azimuth, elevation, _log(width, margin), _log(height, margin), near)
        return tuple(Change("camera", k, v) for k, v in zip(CHANNELS, values, strict=True))


def _log(value: Value, margin: float) -> Value:
    return log(value * margin) if isinstance(value, Expr) else math.log(max(value, 1e-3) * margin)
