"""Sampling: what a chapter looks like at a moment. The reference for ``client/src/timeline``.

A pure function of the chapter and the time: whatever was asked before, the same moment gives the same
numbers. Values that wait for a run are put in once, by ``bind``, before anything is sampled.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cutaway import wire
from cutaway.tour.easing import easing


@dataclass(frozen=True)
class BoundTrack:
    """A track whose values are all numbers."""

    channel: str
    targets: tuple[str, ...]
    times: tuple[int, ...]
    values: tuple[float, ...]
    eases: tuple[str, ...]

    def at(self, t: float) -> float:
        """The value at ``t`` milliseconds."""
        later = bisect_right(self.times, t)
        if later == 0:
            return self.values[0]
        if later == len(self.times):
            return self.values[-1]
        t0, t1 = self.times[later - 1], self.times[later]
        v0, v1 = self.values[later - 1], self.values[later]
        return v0 + (v1 - v0) * easing(self.eases[later])((t - t0) / (t1 - t0))


def bind(chapter: wire.Chapter, number: Callable[[wire.Expr], float]) -> list[BoundTrack]:
    """The tracks of a chapter for one run; ``number`` works out an expression there."""
    return [
        BoundTrack(
            track.channel,
            tuple(chapter.groups[track.group]),
            tuple(track.times),
            tuple(float(v) if isinstance(v, (int, float)) else float(number(v)) for v in track.values),
            tuple(track.eases),
        )
        for track in chapter.tracks
    ]


def sample(tracks: Sequence[BoundTrack], t: float) -> list[float]:
    """The value of every track at ``t`` milliseconds."""
    return [track.at(t) for track in tracks]


def duration(chapter: wire.Chapter) -> int:
    """Milliseconds from the beginning of a chapter to its last stop."""
    return chapter.steps[-1].end


def stops(chapter: wire.Chapter) -> list[int]:
    """The moments at which a chapter waits."""
    return [step.end for step in chapter.steps]
