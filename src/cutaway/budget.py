"""How many numbers a page takes of a model; of a larger one it shows structure and says so.

Beside ``bundle``: everything that hands values to a browser asks here first. Python has no such limit.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping

from cutaway.definition import Tensor
from cutaway.errors import PromptError
from cutaway.model import Model

PAGE_CELLS = 64_000_000
"""So many weights, and so many values of a run: 256 MB each, which the browser holds besides what it draws."""


def why_no_values(model: Model) -> str:
    """Why a page shows the structure of a model alone, as a sentence; empty if it shows values."""
    if model.weights is None:
        return (
            "Structure only: this model was loaded from a configuration, without weights. "
            "Open a folder that holds its checkpoint to see numbers."
        )
    # tied weights are the same numbers, and held once
    stored = (t for t in model.definition.root.declared() if t.role == "weight" and t.tied_to is None)
    cells = sum(_cells(t, {}) for t in stored)
    if cells <= PAGE_CELLS:
        return ""
    return (
        f"Structure only: this model has {cells:,} weights, and a page shows the values of at most {PAGE_CELLS:,}. "
        "In Python and on the command line it can be run and explained all the same."
    )


def check_run_fits(model: Model, tokens: int, decoder: int | None = None) -> None:
    """Raise ``PromptError`` if a page cannot take the values of a run on so many tokens, and so many of the decoder."""

    def cells(n: int) -> int:
        lengths = model.definition.lengths(n, decoder)
        return sum(_cells(t, lengths) for t in model.definition.root.declared() if t.role != "weight")

    if cells(tokens) > PAGE_CELLS:
        most = bisect_right(range(1, tokens), PAGE_CELLS, key=cells)
        raise PromptError(
            f"a run of {model.name} on {tokens:,} tokens has {cells(tokens):,} values, and a page shows at most "
            f"{PAGE_CELLS:,}; give a prompt of up to {most:,} tokens"
        )


def _cells(t: Tensor, lengths: Mapping[str, int]) -> int:
    """How many cells a declared tensor has in a run whose inputs have these lengths, in all of its layers."""
    return math.prod(a.length_in(lengths) for a in t.axes) * (len(t.layers) or 1)
