"""Mistakes in a tour, told with the chapter and with the line of the author's file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from cutaway.errors import CutawayError

_MACHINERY = Path(__file__).parent
"""Files directly in here are ours; those in folders below are tours."""


class TourError(CutawayError):
    """A tour that cannot be compiled: the message names the chapter, the file and the line."""


class MissingPart(TourError):
    """A chapter speaks of something that this model does not have."""


class NotForThisModel(MissingPart):
    """A chapter has said that it is not for this model: no mistake, however strictly one looks."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the author's file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


def author() -> Place:
    """The line of the author's file that is being carried out."""
    frame = sys._getframe(1)
    while frame is not None and Path(frame.f_code.co_filename).parent == _MACHINERY:
        frame = frame.f_back
    if frame is None:
        return Place("<unknown>", 0)
    return Place(shown_path(frame.f_code.co_filename), frame.f_lineno)


def shown_path(path: str) -> str:
    """A path as short as it can be: relative to the working directory when it is in there."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
