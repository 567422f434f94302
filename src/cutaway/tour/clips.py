"""Clips: what is played. A clip is some changes, carried out together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cutaway.tour.timeline import Change


@dataclass(frozen=True)
class Clip:
    """Changes that begin together; made by views, carried out by ``Chapter.play``."""

    changes: tuple[Change, ...]
    delay: float = 0.0
    """Seconds after the beginning of ``play``."""
    seconds: float | None = None
    """How long; none: as long as ``play`` says."""
    ease: str | None = None
    then: tuple[Clip, ...] = ()
    """Further clips that belong to it."""

    def after(self, seconds: float) -> Clip:
        """Begin so much later."""
        return replace(self, delay=self.delay + seconds, then=tuple(c.after(seconds) for c in self.then))

    def lasting(self, seconds: float) -> Clip:
        """Take so long, whatever ``play`` says."""
        return replace(self, seconds=seconds, then=tuple(c.lasting(seconds) for c in self.then))

    def eased(self, name: str) -> Clip:
        """Go by another easing: ``linear``, ``smooth``, ``in`` or ``out``."""
        return replace(self, ease=name, then=tuple(c.eased(name) for c in self.then))

    def __and__(self, other: Clip) -> Clip:
        """Both."""
        return replace(self, then=(*self.then, other))

    def parts(self) -> list[Clip]:
        """This clip and all that belong to it."""
        return [replace(self, then=()), *(p for c in self.then for p in c.parts())]
