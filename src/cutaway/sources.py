"""Sources: the exact cells that a formula reads at one place, as positions and ranges per axis."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cutaway.cellwise import CellValues, Place
from cutaway.formula import Apply, Cell, Expr, Reduce, children, nested_sum


@dataclass(frozen=True, slots=True)
class Source:
    """Cells that were read: per axis of the tensor one position, or a range of them."""

    tensor: str
    index: tuple[int | range, ...]

    def cells(self) -> Iterator[tuple[int, ...]]:
        """Every cell of the source."""
        return itertools.product(*(i if isinstance(i, range) else (i,) for i in self.index))

    def __repr__(self) -> str:
        return (
            f"{self.tensor}[{', '.join(f'{i.start}:{i.stop}' if isinstance(i, range) else str(i) for i in self.index)}]"
        )


def sources_of(e: Expr, at: Place, values: CellValues, mask: np.ndarray | None = None) -> Iterator[Source]:
    """The cells that ``e`` reads at a place, in the order it names them; branches not taken read none.

    ``mask``: at which positions of the arrays in ``at`` it is read; all by default.
    """
    match e:
        case Cell(tensor, indices):
            yield from _cells_read(tensor.name, [values.value(i, at) for i in indices], mask)
            for i in indices:
                yield from sources_of(i, at, values, mask)
        case Apply("where", (condition, a, b)):
            yield from sources_of(condition, at, values, mask)
            for branch, taken in taken_branches(values.value(condition, at), a, b, mask):
                yield from sources_of(branch, at, values, taken)
        case Reduce():
            axes, body = nested_sum(e)
            inner, _ = values.along(axes, at)
            yield from sources_of(body, inner, values, None if mask is None else mask[(..., *[None] * len(axes))])
        case _:
            for child in children(e):
                yield from sources_of(child, at, values, mask)


def _cells_read(name: str, index: list[Any], mask: np.ndarray | None) -> Iterator[Source]:
    """The cells at an index whose entries are ints or arrays that broadcast together."""
    if not index:
        yield Source(name, ())
        return
    arrays = [np.asarray(i) for i in index]
    busy = [{k for k, n in enumerate(a.shape[::-1]) if n > 1} for a in arrays]
    apart = all(not x & y for n, x in enumerate(busy) for y in busy[:n])
    if mask is None and apart:
        spans = [_span(a.reshape(-1)) for a in arrays]
        if all(s is not None for s in spans):
            yield Source(name, tuple(s for s in spans if s is not None))
            return
    shape = np.broadcast_shapes(*(a.shape for a in arrays), *(() if mask is None else (mask.shape,)))
    rows = np.stack([np.broadcast_to(a, shape).reshape(-1) for a in arrays], axis=1)
    if mask is not None:
        rows = rows[np.broadcast_to(mask, shape).reshape(-1)]
    rows = np.unique(rows, axis=0)
    spans = [_span(rows[:, k]) for k in range(rows.shape[1])]
    lengths = [len(s) if isinstance(s, range) else 1 for s in spans if s is not None]
    if len(lengths) == len(spans) and int(np.prod(lengths)) == len(rows):  # they fill a box
        yield Source(name, tuple(s for s in spans if s is not None))
        return
    for row in rows.tolist():
        yield Source(name, tuple(row))


def _span(positions: np.ndarray) -> int | range | None:
    """Positions as one position or an evenly spaced range; ``None`` if they are neither."""
    first = int(positions[0])
    if len(positions) == 1:
        return first
    step = int(positions[1]) - first
    if step <= 0 or not (np.diff(positions) == step).all():  # not in order, or some more than once
        positions = np.unique(positions)
        if len(positions) == 1:
            return first
        first, step = int(positions[0]), int(positions[1] - positions[0])
        if not (np.diff(positions) == step).all():
            return None
    return range(first, int(positions[-1]) + 1, step)


def taken_branches(held: Any, a: Expr, b: Expr, mask: np.ndarray | None) -> Iterator[tuple[Expr, np.ndarray | None]]:
    """The branches of a ``where`` that are taken at some place, and at which (all: ``None``)."""
    if not isinstance(held, np.ndarray):
        yield a if held else b, mask
        return
    for branch, taken in ((a, held), (b, ~held)):
        both = taken if mask is None else taken & mask
        if both.any():
            yield branch, None if both.all() else both


def cells_of_terms(
    e: Expr, at: Place, values: CellValues, mask: np.ndarray | None
) -> Iterator[tuple[Cell, np.ndarray | None]]:
    """The cells that terms read by themselves, and which terms do (all: ``None``), in the order written.

    Those under a further reduction are that one's terms.
    """
    match e:
        case Reduce():
            return
        case Apply("where", (condition, a, b)):
            yield from cells_of_terms(condition, at, values, mask)
            for branch, taken in taken_branches(values.value(condition, at), a, b, mask):
                yield from cells_of_terms(branch, at, values, taken)
            return
        case Cell():
            yield e, mask
    for child in children(e):
        yield from cells_of_terms(child, at, values, mask)
