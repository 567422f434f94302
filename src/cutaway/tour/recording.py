"""Playing: clips become tracks, one after the other, with stops in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cutaway import wire
from cutaway.model import Model
from cutaway.tour.camera import Camera
from cutaway.tour.clips import Clip
from cutaway.tour.errors import TourError, author
from cutaway.tour.facts import Facts
from cutaway.tour.places import Places
from cutaway.tour.slabs import Slabs
from cutaway.tour.sweeps import Sweeps
from cutaway.tour.timeline import Change, Target, Timeline, Value


class Recording(Facts):
    """What is played in a chapter, recorded moment by moment."""

    def __init__(self, id: str, model: Model, places: Places, has_values: bool) -> None:
        super().__init__(id, model, places, has_values)
        self.timeline = Timeline(id, places.called)
        self.sweeps = Sweeps(id, places, self.timeline)
        self.camera = Camera(self._chapter)
        self._now = 0
        self._steps: list[wire.Step] = []
        self._said: list[wire.Piece] = []
        self._has_kept_silent = False
        """Whether something was to be said since the last stop that cannot be said without values."""
        self._scopes: list[Scope] = []
        self._undone = 0
        """When the last scope was undone."""
        self._due: list[Change] = []
        """What happens when the next step begins."""
        self._before: dict[object, object] | None = None
        """What was seen at the last stop."""

    @property
    def here(self) -> str:
        """The chapter and the author's line, for errors."""
        return f"chapter {self.id!r} ({author()})"

    def begin(self, *clips: Clip) -> None:
        """How things stand when the chapter opens, where that differs from the model as it is."""
        if self._now:
            raise TourError(f"{self.here}: begin() comes before anything is played")
        place = author()
        for change in (change for clip in clips for part in clip.parts() for change in part.changes):
            self.timeline.begin(change, place)

    def play(self, *clips: Clip, seconds: float = 1.0, ease: str = "smooth") -> None:
        """Carry out clips, all from now on."""
        if not clips:
            raise TourError(f"{self.here}: play() needs something to play; to pause, use wait()")
        place, end = author(), self._now
        if self._due and self._is_new_step:
            clips = (*clips, Clip(self._left_over(clips)).lasting(0.4))
        for part in (part for clip in clips for part in clip.parts()):
            if not isinstance(part, Clip):
                raise TourError(f"{self.here}: play() takes clips, got {part!r}")
            start = self._now + milliseconds(part.delay)
            until = start + max(1, milliseconds(seconds if part.seconds is None else part.seconds))
            eased = part.ease or ease
            goal = {change.channel: change.value for change in part.changes if change.target == "camera"}
            places = self.camera.ease(goal) if goal and eased == "smooth" else eased
            for change in part.changes:
                self._remember(change)
                is_place = change.target == "camera" and change.channel in ("x", "y", "z", "near")
                self.timeline.move(change, start, until, places if is_place else eased, place)
            end = max(end, until)
        self._now = end

    def wait(self, seconds: float) -> None:
        """Let what is there be looked at."""
        self._now += milliseconds(seconds)

    def once_read(self, *clips: Clip) -> None:
        """What is carried out as soon as the next step begins: until then, what it takes away can be looked at."""
        self._due += [change for clip in clips for part in clip.parts() for change in part.changes]

    @property
    def _is_new_step(self) -> bool:
        """Whether nothing has been played since the last stop."""
        return self._now == (self._steps[-1].end if self._steps else 0)

    def _left_over(self, clips: Iterable[Clip]) -> tuple[Change, ...]:
        """What is due and not moved by these clips."""
        due, self._due = self._due, []
        moved = {(c.target, c.channel) for clip in clips for part in clip.parts() for c in part.changes}
        return tuple(change for change in due if (change.target, change.channel) not in moved)

    def stop(self) -> None:
        """Wait for the reader. Where all that was to be said has fallen away, this stop does, too.

        Without values there may be nothing new to be seen; then what is said belongs to the stop before.
        """
        has_kept_silent, self._has_kept_silent = self._has_kept_silent, False
        if has_kept_silent and not self._said:
            return
        before = self._steps[-1].end if self._steps else 0
        if not self._said and self._now == before:
            raise TourError(f"{self.here}: nothing is said or played between two stops")
        if self._now == before:
            self._now += 400  # a step of text alone still takes its moment, so that each has a time of its own
        seen = None if self.has_values else self.timeline.moment()
        if self._steps and seen is not None and seen == self._before:
            self._said = [*self._steps.pop().text, *self._said]
        self._steps.append(wire.Step(self._now, self._said))
        self._said, self._before = [], seen

    @contextmanager
    def scope(self, seconds: float = 0.5) -> Iterator[None]:
        """Whatever is played inside is undone on leaving, except the camera and what has been filled."""
        self._scopes.append(Scope())
        yield
        before = self._scopes.pop().before
        changes = [
            Change(own, channel, value)
            for target, channel, value in before
            for own, line in self.timeline.lines(target, channel)
            if line.value is not value
        ]
        if changes:
            self.play(Clip(tuple(changes)), seconds=seconds)
            self._undone = self._now

    def _remember(self, change: Change) -> None:
        if change.target != "camera" and change.channel not in ("first", "rest", "flow", "x", "y", "z", "fill"):
            for scope in self._scopes:
                scope.remember(self.timeline, change)


class Scope:
    """What has to be undone: values of channels when they were first moved inside."""

    def __init__(self) -> None:
        self.before: list[tuple[Target, str, Value]] = []
        self._slabs: dict[str, Slabs] = {}
        self._names: set[tuple[str, str]] = set()

    def remember(self, timeline: Timeline, change: Change) -> None:
        """Keep what a change is about to move, unless that is kept already."""
        target, channel = change.target, change.channel
        if isinstance(target, str):
            if (target, channel) in self._names:
                return
            self._names.add((target, channel))
        else:
            known = self._slabs.get(channel, Slabs({}))
            target, self._slabs[channel] = target - known, known | target
        self.before += [(own, channel, line.value) for own, line in timeline.lines(target, channel)]


def milliseconds(seconds: float) -> int:
    return round(1000 * seconds)
