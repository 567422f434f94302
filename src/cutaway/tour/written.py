"""A chapter as its author declared it: a function, which is run once for each model and language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cutaway.tour.errors import TourError, author

Writer = Callable[..., None]
"""A chapter's function: it takes the ``Chapter``, and the parts of the model that its annotations name."""


@dataclass(frozen=True)
class Written:
    """A chapter as its author declared it."""

    id: str
    title: str
    function: Writer


def chapter(id: str, *, title: str) -> Callable[[Writer], Written]:
    """Declare a chapter. ``id`` stands in addresses; ``title`` in the table of contents."""
    if not id or not all(part.isalnum() and part.isascii() for part in id.split("-")):
        raise TourError(f"{author()}: an id is letters, digits and single hyphens, got {id!r}")
    return lambda function: Written(id, title, function)
