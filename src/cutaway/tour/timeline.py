"""The tracks of one chapter while it is being written: what is moving, until when, and who said so.

A clip's start value is whatever the channel has when the clip is written; two clips never move the same
channel of the same target at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cutaway import wire
from cutaway.formula import Const, Expr
from cutaway.tour.errors import Place, TourError
from cutaway.tour.slabs import Partition, Slabs
from cutaway.wire_formula import wire_expr

Value = float | Expr
"""A number, or an expression that waits for a run."""

Target = str | Slabs
"""What a channel belongs to: slabs of blocks, or a thing by its name, such as ``camera`` or ``card 0``."""

CHANNELS: dict[str, float] = {
    "opacity": 1.0, "highlight": 0.0, "first": 0.0, "rest": 0.0, "split": 0.0, "flow": 0.0,
    "x": 0.0, "y": 0.0, "z": 0.0, "turn": 0.0, "fill": 0.0, "slide": 0.0,
    "azimuth": 0.0, "elevation": 0.0, "width": 0.0, "height": 0.0, "near": 0.0,
}  # fmt: skip
"""Every channel, and its value as long as nothing sets it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A channel of a target goes to a value."""

    target: Target
    channel: str
    value: Value


@dataclass(slots=True)
class Line:
    """One channel of one target over time."""

    base: Value
    times: list[int] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    eases: list[str] = field(default_factory=list)
    begun: int = 0
    busy: int = 0
    """The last clip: from when to when."""
    place: Place | None = None

    @property
    def value(self) -> Value:
        """What it has come to."""
        return self.values[-1] if self.values else self.base

    def copy(self) -> Line:
        """The same so far."""
        return replace(self, times=[*self.times], values=[*self.values], eases=[*self.eases])

    def key(self, time: int, value: Value, ease: str) -> None:
        self.times.append(time)
        self.values.append(value)
        self.eases.append(ease)


@dataclass(frozen=True)
class Group:
    """Targets that do the same."""

    names: tuple[str, ...] = ()
    slabs: Slabs = field(default_factory=lambda: Slabs({}))


class Timeline:
    """Every line of a chapter, by target and channel. ``called``: the name of the first of some slabs, for errors."""

    def __init__(self, chapter: str, called: Callable[[Slabs], str]) -> None:
        self.chapter = chapter
        self._called = called
        self._named: dict[tuple[str, str], Line] = {}
        self._slabs: dict[str, Partition[Line]] = {}

    def line(self, target: str, channel: str, base: Value | None = None) -> Line:
        """The line of a thing by its name; made when it is first asked for. ``base``: what it starts with."""
        found = self._named.get((target, channel))
        if found is None:
            found = self._named[target, channel] = Line(CHANNELS[channel])
        if base is not None:
            found.base = base
        return found

    def lines(self, target: Target, channel: str) -> list[tuple[Target, Line]]:
        """The lines of a target, which for slabs may be several; made when they are first asked for."""
        if isinstance(target, str):
            return [(target, self.line(target, channel))]
        return [*self.lines_of(target, channel)]

    def lines_of(self, slabs: Slabs, channel: str) -> list[tuple[Slabs, Line]]:
        """The lines of some slabs."""
        classes = self._slabs.setdefault(channel, Partition())
        return classes.of(slabs, new=lambda: Line(CHANNELS[channel]), copy=Line.copy)

    def begin(self, change: Change, place: Place) -> None:
        """Set the value that a chapter starts with."""
        for target, line in self.lines(change.target, change.channel):
            if line.times:
                raise TourError(
                    f"chapter {self.chapter!r} ({place}): {change.channel} of {self._name(target)} has already moved "
                    f"({line.place}), so its value at the beginning can no longer be set"
                )
            line.base, line.place = change.value, place

    def move(self, change: Change, start: int, end: int, ease: str, place: Place) -> None:
        """A clip: the channel goes from what it is to a value, from ``start`` to ``end`` (milliseconds)."""
        for target, line in self.lines(change.target, change.channel):
            if start < line.busy:
                raise TourError(
                    f"chapter {self.chapter!r}: two clips move {change.channel} of {self._name(target)} at the same "
                    f"time: one from {line.begun / 1000:.2f} s to {line.busy / 1000:.2f} s ({line.place}), "
                    f"the other from {start / 1000:.2f} s to {end / 1000:.2f} s ({place})"
                )
            before = line.value
            line.begun, line.busy, line.place = start, end, place
            if _same(before, change.value):
                continue
            if not line.times or line.times[-1] < start:
                line.key(start, before, "hold")
            line.key(end, change.value, ease)

    def moment(self) -> dict[object, object]:
        """What is seen when all that was played has come to rest, comparable: not what moves only, such as a wave."""
        seen: dict[object, object] = {}
        for (target, channel), line in self._named.items():
            hides = self._named.get((target, "opacity"))
            is_gone = hides is not None and hides.value == 0
            if not is_gone and channel != "flow" and not _same(line.value, line.base):
                seen[target, channel] = repr(line.value)
        for channel, classes in self._slabs.items():
            for slabs, line in classes:
                if not _same(line.value, CHANNELS[channel]):
                    key = (channel, repr(line.value))
                    before = seen.get(key)
                    seen[key] = before | slabs if isinstance(before, Slabs) else slabs
        return seen

    def tracks(self) -> tuple[list[Group], list[wire.Track]]:
        """Groups of targets, and the tracks: targets whose channel does the same are one group."""
        alike: dict[tuple, list[Target]] = {}
        all_lines: list[tuple[Target, str, Line]] = [
            *((target, channel, line) for (target, channel), line in self._named.items()),
            *((slabs, channel, line) for channel, classes in self._slabs.items() for slabs, line in classes),
        ]
        for target, channel, line in all_lines:
            times, values, eases = line.times, line.values, line.eases
            if not times:
                is_usual = isinstance(line.base, (int, float)) and line.base == CHANNELS[channel]
                if is_usual and channel != "rest":  # what is never filled is empty, unlike what is never swept
                    continue
                times, values, eases = [0], [line.base], ["hold"]
            alike.setdefault((channel, tuple(times), tuple(map(_key, values)), tuple(eases)), []).append(target)
        groups: dict[Group, int] = {}
        tracks = []
        for (channel, times, values, eases), targets in alike.items():
            names = tuple(t for t in targets if isinstance(t, str))
            slabs = Slabs.joined(t for t in targets if isinstance(t, Slabs))
            group = groups.setdefault(Group(names, slabs), len(groups))
            tracks.append(wire.Track(group, channel, list(times), [v.value for v in values], list(eases)))
        return list(groups), tracks

    def _name(self, target: Target) -> str:
        return target if isinstance(target, str) else self._called(target)


@dataclass(frozen=True)
class _Sent:
    """A value as it is sent, comparable."""

    value: wire.Value
    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sent) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def _key(value: Value) -> _Sent:
    return _Sent(sent(value), repr(value))


def sent(value: Value) -> wire.Value:
    """A value as it is sent: expressions that are numbers, as numbers."""
    if isinstance(value, Const):
        value = value.value
    if isinstance(value, Expr):
        return wire_expr(value)
    rounded = round(float(value), 4)
    return int(rounded) if rounded == int(rounded) else rounded


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, Expr) or isinstance(b, Expr):
        return a is b or repr(a) == repr(b)
    return a == b
