"""Errors that a user can cause and can mend.

Every message says what was expected, what came instead and where (the formula, the file, the flag).
The command line prints the message alone and exits with 2; the server answers 4xx with it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CutawayError(Exception):
    """Base of every error that is the user's to mend."""


class FormulaError(CutawayError):
    """A formula that cannot mean anything: wrong number of indices, an unbound axis, an unknown operation."""


class NameNotFound(CutawayError, KeyError):
    """A tensor, model or module that does not exist; the message lists near matches."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class IndexOutOfRange(CutawayError, IndexError):
    """A cell index outside its axis; the message gives the valid range."""


class CheckpointError(CutawayError):
    """A checkpoint that cannot be read or does not fit the architecture."""


class CheckpointWarning(UserWarning):
    """A checkpoint that can be used, though something in it is not what one would expect. Python's ``warnings``."""


class PromptError(CutawayError, ValueError):
    """A prompt that the model cannot take."""


class SettingError(CutawayError, ValueError):
    """An option out of its range."""


def near_matches(name: str, known: Iterable[str], *, limit: int = 3) -> str:
    """A sentence with the ``known`` names closest to ``name``, or an empty string."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=limit, cutoff=0.5)
    tail = name.rsplit(".", 1)[-1]
    if tail:
        close += [k for k in known if k.rsplit(".", 1)[-1] == tail and k not in close][: limit - len(close)]
    return f" Did you mean {' or '.join(repr(c) for c in close)}?" if close else ""
