"""How a formula's operands relate to its result: which share its columns, which its rows.

Take a result drawn with token ``t`` running right and channel ``c`` running down. An operand indexed by
``t`` alone of the two stands above (they share columns); one indexed by ``c`` alone stands to the left
(they share rows); one indexed by both is of the same form, and one indexed by neither is apart. That is
the whole rule, for products, norms, softmax, biases and lookups alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cutaway.definition import Tensor
from cutaway.formula import Axis, Cell

DEPTH_KINDS = frozenset({"head", "key/value head", "choice", "expert", "batch"})
"""Kinds of axes that are laid out in depth, one slab behind the other."""
FLAT_KINDS = frozenset({"expert", "choice"})
"""Those of them that are laid out in depth only where two other axes need the front."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """Which axis of a tensor runs right, down and away."""

    columns: Axis | None
    rows: Axis | None
    depth: Axis | None


class Side(Enum):
    """Where an operand stands, seen from the result."""

    SAME = "same"
    """It has the result's columns and rows."""
    TOP = "top"
    LEFT = "left"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor that a formula reads, as seen from the result."""

    name: str
    side: Side
    orientation: Orientation
    strip: bool
    """Whether it has no axis of its own: a bias, a mean, a row of token ids."""


def natural(axes: tuple[Axis, ...]) -> Orientation:
    """How a tensor lies when nothing else asks: tokens run right, heads away, what remains down."""
    rest = list(axes)
    depth = next((a for a in rest if a.kind in DEPTH_KINDS and len(rest) > (1 + (a.kind in FLAT_KINDS))), None)
    rest = [a for a in rest if a is not depth]
    columns = next((a for a in rest if a.dynamic), rest[0] if len(rest) > 1 else None)
    rest = [a for a in rest if a is not columns]
    return Orientation(columns, rest[0] if rest else None, depth)


def operands(t: Tensor, lie: Orientation) -> list[Operand]:
    """Every tensor that the formula of ``t`` reads, in the order it is written, as seen from ``t`` where it lies so."""
    seen: dict[str, Operand] = {}
    for cell in t.reads:
        if cell.tensor.name not in seen:
            seen[cell.tensor.name] = _operand(cell, lie)
    return list(seen.values())


def _operand(cell: Cell, result: Orientation) -> Operand:
    own = dict(zip(cell.tensor.axes, cell.indices, strict=True))

    def along(variable: Axis | None) -> Axis | None:
        return next((a for a, i in own.items() if i is variable and variable is not None), None)

    columns, rows, depth = along(result.columns), along(result.rows), along(result.depth)
    free = [a for a in own if a not in (columns, rows, depth)]
    deep = depth is None and (len(free) > 1 or _is_bias_by_slab(columns, rows, result))
    away = next((a for a in free if a.kind in DEPTH_KINDS), None) if deep else None
    depth = away if depth is None else depth
    free = [a for a in free if a is not away]
    other = free[0] if free else None
    if columns is not None and rows is not None:
        depth = other if depth is None else depth
        return Operand(cell.tensor.name, Side.SAME, Orientation(columns, rows, depth), False)
    if columns is not None:
        return Operand(cell.tensor.name, Side.TOP, Orientation(columns, other, depth), other is None)
    if rows is not None:
        return Operand(cell.tensor.name, Side.LEFT, Orientation(other, rows, depth), other is None)
    return Operand(cell.tensor.name, Side.APART, natural(cell.tensor.axes), False)


def _is_bias_by_slab(columns: Axis | None, rows: Axis | None, result: Orientation) -> bool:
    """Whether an operand shares the rows alone of a result in slabs: an axis of its own, such as the experts, is
    laid out in depth then, like that of the weights it goes with."""
    return columns is None and rows is not None and result.depth is not None


def main_operand(found: list[Operand]) -> Operand | None:
    """The operand that the result follows: one of its own form, else the one whose columns it shares."""
    same = [o for o in found if o.side is Side.SAME]
    top = [o for o in found if o.side is Side.TOP]
    return next(iter([*same, *(o for o in top if not o.strip), *top]), None)
