"""Texts for models without values: sentences that speak of a number of a run are left out.

A number that nobody has computed cannot be told, and nothing is told in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cutaway import wire

_END = re.compile(r"(?<=[.!?])([)”\"]*)\s+")
"""Where one sentence ends and another one begins."""


def without_numbers(content: Iterable[wire.Inline]) -> list[wire.Inline]:
    """The sentences of a paragraph that need no run; a formula that stands for itself is a sentence."""
    kept = [piece for sentence in _sentences(content) if not _needs_run(sentence) for piece in sentence]
    made: list[wire.Inline] = []
    for piece in kept:
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] += piece
        else:
            made.append(piece)
    if made and isinstance(made[-1], str):
        made[-1] = made[-1].rstrip()
    return [piece for piece in made if piece != ""]


def _sentences(content: Iterable[wire.Inline]) -> list[list[wire.Inline]]:
    made: list[list[wire.Inline]] = [[]]
    for piece in content:
        if isinstance(piece, str):
            start = 0
            for end in _END.finditer(piece):
                made[-1].append(piece[start : end.end()])
                made.append([])
                start = end.end()
            made[-1].append(piece[start:])
        elif isinstance(piece, wire.Tex) and piece.display:
            made += [[piece], []]
        else:
            made[-1].append(piece)
    return made


def _needs_run(content: Iterable[wire.Inline]) -> bool:
    for piece in content:
        if isinstance(piece, wire.RunNumber):
            return True
        if isinstance(piece, (wire.Emphasis, wire.Reference)) and _needs_run(piece.content):
            return True
    return False
