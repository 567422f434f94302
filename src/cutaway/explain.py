"""Explaining one cell: its formula in symbols and in numbers, the terms of its sums, the cells it came from.

Reads the same formula as the lowering, but at one place, in float64 over the stored float32 values.
Sums are evaluated as vectors over the axis they run along, so that an explanation takes well under a
millisecond. ``client/src/formula/explain.ts`` follows this file; golden files hold the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any, Protocol

import numpy as np

from cutaway import numbers
from cutaway.arithmetic import scalar, vector
from cutaway.definition import BoundTensor
from cutaway.errors import IndexOutOfRange, NameNotFound
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, Size, children, factors, nested_sum
from cutaway.printing import LATEX, TEXT, Printer

Place = dict[Axis, Any]
"""Axis to position: an int, or inside a reduction an integer array."""


class Explainable(Protocol):
    """What an explanation reads: a ``Run``."""

    tokens: list[int]
    model: Any

    def __getitem__(self, name: str) -> np.ndarray: ...


@dataclass(slots=True)
class Factor:
    """A number in a term: the value of a cell, or a constant (``tensor`` is then ``None``)."""

    tensor: str | None
    index: tuple[int, ...]
    value: float

    def __repr__(self) -> str:
        at = f"{self.tensor}[{', '.join(map(str, self.index))}] = " if self.tensor else ""
        return f"{at}{numbers.shown(self.value)}"


@dataclass(slots=True)
class Term:
    """One term of a reduction: where along the reduced axes, its value, and the cells it is made of."""

    at: tuple[int, ...]
    value: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class Terms:
    """The terms of one reduction, largest absolute value first (of a maximum: largest first)."""

    op: str
    axes: tuple[str, ...]
    product: bool
    """Whether each term is the product of its factors; else the factors are the cells it reads."""
    value: float
    terms: list[Term]


@dataclass(frozen=True, slots=True)
class Source:
    """Cells that were read: per axis of the tensor one position, or a range of them."""

    tensor: str
    index: tuple[int | range, ...]

    def cells(self) -> Iterator[tuple[int, ...]]:
        """Every cell of the source."""
        import itertools

        return itertools.product(*(i if isinstance(i, range) else (i,) for i in self.index))

    def __repr__(self) -> str:
        return (
            f"{self.tensor}[{', '.join(f'{i.start}:{i.stop}' if isinstance(i, range) else str(i) for i in self.index)}]"
        )


@dataclass(frozen=True)
class CellValues:
    """Evaluates expressions at one place of a run."""

    run: Explainable
    _bodies: dict[tuple[int, ...], tuple[list[Axis], Expr, np.ndarray]] = field(default_factory=dict)
    """Reductions already worked out: an explanation asks several times, for the numbers and for the terms."""

    def value(self, e: Expr, at: Place) -> Any:
        """The value of ``e``; an array if positions in ``at`` are arrays."""
        match e:
            case Const(value):
                return value
            case Axis():
                return at[e]
            case Size(axis):
                return self.length(axis)
            case Cell(tensor, indices):
                stored = self.run[tensor.name][
                    tuple(self._inside(i, axis, at) for i, axis in zip(indices, tensor.axes, strict=True))
                ]
                if isinstance(stored, np.ndarray):
                    return stored.astype(np.int64 if tensor.integer else np.float64)
                return int(stored) if tensor.integer else float(stored)
            case Apply(op, args):
                return self._apply(op, args, at)
            case Reduce():
                return self._reduced(e, at)
        raise TypeError(f"expected an expression, got {e!r}")

    def length(self, axis: Axis) -> int:
        return len(self.run.tokens) if axis.dynamic else axis.size

    def _inside(self, index: Expr, axis: Axis, at: Place) -> Any:
        if isinstance(index, Axis):
            return at[index]
        place, last = self.value(index, at), self.length(axis) - 1
        if isinstance(place, np.ndarray):  # outside only in a branch that is not taken
            return np.clip(place, 0, last)
        return min(max(place, 0), last)

    def _apply(self, op: str, args: Sequence[Expr], at: Place) -> Any:
        if op == "where":
            condition = self.value(args[0], at)
            if isinstance(condition, np.ndarray):
                return np.where(condition, self.value(args[1], at), self.value(args[2], at))
            return self.value(args[1] if condition else args[2], at)
        values = [self.value(a, at) for a in args]
        if any(isinstance(v, np.ndarray) for v in values):
            return vector(op, *values)
        return scalar(op, *values)

    def bodies(self, e: Reduce, at: Place) -> tuple[list[Axis], Expr, np.ndarray]:
        """The reduced axes, the body and its value at every position: [*axes]."""
        axes, body = nested_sum(e)
        inner, rank = self.along(axes, at)
        key = (id(e), *at.values()) if rank == 0 else ()
        if key in self._bodies:
            return self._bodies[key]
        value = np.asarray(self.value(body, inner))
        shape = (1,) * rank + tuple(self.length(a) for a in axes)
        found = axes, body, np.broadcast_to(value, np.broadcast_shapes(value.shape, shape))
        if key:
            self._bodies[key] = found
        return found

    def along(self, axes: Sequence[Axis], at: Place) -> tuple[Place, int]:
        """The place with arrays of all positions for ``axes``, behind the dimensions of the arrays in ``at``;
        and how many those are."""
        rank = max((v.ndim for v in at.values() if isinstance(v, np.ndarray)), default=0)
        new = (None,) * len(axes)
        inner: Place = (
            {k: v[(..., *new)] if isinstance(v, np.ndarray) else v for k, v in at.items()} if rank else dict(at)
        )
        for place, axis in enumerate(axes):
            after = (1,) * (len(axes) - place - 1)
            inner[axis] = np.arange(self.length(axis)).reshape((1,) * (rank + place) + (-1, *after))
        return inner, rank

    def _reduced(self, e: Reduce, at: Place) -> Any:
        axes, _, value = self.bodies(e, at)
        over = tuple(range(value.ndim - len(axes), value.ndim))
        with np.errstate(all="ignore"):
            match e.op:
                case "sum":
                    total = value.sum(axis=over)
                case "max":
                    total = value.max(axis=over)
                case _:
                    total = value.argmax(axis=over[0])
        return total if np.ndim(total) else total.item()

    def largest(self, e: Reduce, at: Place, count: int) -> tuple[Expr, list[Place], int]:
        """The body of a reduction, where its ``count`` largest terms stand, and how many there are."""
        axes, body, value = self.bodies(e, at)
        order = ranked(value, e.op)[:count]
        places = [{**at, **dict(zip(axes, map(int, np.unravel_index(i, value.shape)), strict=True))} for i in order]
        return body, places, value.size


def ranked(value: np.ndarray, op: str) -> np.ndarray:
    """Flat positions of terms, largest first: by absolute value in a sum, by value in a maximum; NaN first."""
    flat = value.reshape(-1).astype(np.float64)
    key = np.abs(flat) if op == "sum" else flat
    return np.argsort(-np.where(np.isnan(key), np.inf, key), kind="stable")


@dataclass(frozen=True)
class Explanation:
    """How one cell got its value. ``text`` and ``latex`` are the formula in symbols; the attributes that
    start with ``numbers_`` are the same with the numbers of this run."""

    run: Explainable
    tensor: BoundTensor
    index: tuple[int, ...]

    @property
    def name(self) -> str:
        """The cell as one writes it."""
        return f"{self.tensor.name}[{', '.join(map(str, self.index))}]"

    @cached_property
    def place(self) -> dict[str, int]:
        """Index by axis name."""
        return {a.name: i for a, i in zip(self.tensor.axes, self.index, strict=True)}

    @cached_property
    def _at(self) -> dict[Axis, int]:
        return dict(zip(self.tensor.axes, self.index, strict=True))

    @cached_property
    def _values(self) -> CellValues:
        return CellValues(self.run)

    @property
    def value(self) -> float:
        """The stored value (for token ids: an int)."""
        stored = self.run[self.tensor.name][self.index]
        return int(stored) if self.tensor.integer else float(stored)

    def evaluate(self) -> float:
        """The value worked out again from the formula and the cells it reads, in float64."""
        f = self.tensor.formula
        return self.value if f is None else self._values.value(f, self._at)

    @cached_property
    def text(self) -> str:
        return Printer(TEXT).equation(self.tensor, self.tensor.formula, self._at)

    @cached_property
    def latex(self) -> str:
        return Printer(LATEX).equation(self.tensor, self.tensor.formula, self._at)

    @cached_property
    def numbers_text(self) -> str:
        return Printer(TEXT, self._values).equation(self.tensor, self.tensor.formula, self._at)

    @cached_property
    def numbers_latex(self) -> str:
        return Printer(LATEX, self._values).equation(self.tensor, self.tensor.formula, self._at)

    @cached_property
    def sums(self) -> list[Terms]:
        """Every outermost reduction of the formula, in the order it is written; branches not taken have none."""
        return [] if self.tensor.formula is None else list(self._reductions(self.tensor.formula))

    @property
    def terms(self) -> list[Term]:
        """The terms of the first reduction, largest first; empty if the formula has none."""
        return self.sums[0].terms if self.sums else []

    @cached_property
    def sources(self) -> list[Source]:
        """The exact cells that were read, in the order the formula names them."""
        f = self.tensor.formula
        return [] if f is None else list(dict.fromkeys(_sources(f, self._at, self._values, None)))

    @cached_property
    def origin(self) -> str | None:
        """Where an input or a weight was read from; ``None`` for what is computed."""
        if self.tensor.formula is not None:
            return None
        text, indices = self.run.model.origin(self.tensor)
        places = [str(self._values.value(i, self._at)) for i in indices]
        if "{0}" in text:  # one array for each position along the first axis
            text = text.replace("{0}", places.pop(0))
        return f"{text}[{', '.join(places)}]"

    def _reductions(self, e: Expr) -> Iterator[Terms]:
        if isinstance(e, Reduce):
            yield self._terms(e)
        elif isinstance(e, Apply) and e.op == "where":
            yield from self._reductions(e.args[1] if self._values.value(e.args[0], self._at) else e.args[2])
        else:
            for child in children(e):
                yield from self._reductions(child)

    def _terms(self, e: Reduce) -> Terms:
        axes, body, value = self._values.bodies(e, self._at)
        parts = factors(body)
        product = all(isinstance(p, (Cell, Const)) for p in parts)
        order = ranked(value, e.op)
        at = np.stack(np.unravel_index(order, value.shape), axis=1)
        place: Place = {**self._at, **{a: at[:, k] for k, a in enumerate(axes)}}
        n = len(order)
        if product:
            rows = zip(*(self._column(c, place, n) for c in parts), strict=True)
        else:
            rows = self._read_by_each(body, place, n)
        flat = value.reshape(-1)[order].tolist()
        terms = list(map(Term, map(tuple, at.tolist()), flat, map(tuple, rows)))
        return Terms(e.op, tuple(a.name for a in axes), product, self._values.value(e, self._at), terms)

    def _read_by_each(self, body: Expr, place: Place, n: int) -> Iterator[list[Factor]]:
        """The cells that each of ``n`` terms reads, every one once, those of branches taken."""
        found = list(_cells_of_terms(body, place, self._values, None))
        names = [repr(cell) for cell, _ in found]
        held = [None if mask is None else np.broadcast_to(mask, n).tolist() for _, mask in found]
        columns = [self._column(cell, place, n) for cell, _ in found]
        for k in range(n):
            row: dict[str, Factor] = {}
            for name, mask, column in zip(names, held, columns, strict=True):
                if mask is None or mask[k]:
                    row.setdefault(name, column[k])
            yield list(row.values())

    def _column(self, e: Expr, place: Place, n: int) -> list[Factor]:
        """One factor of all terms."""
        value = np.broadcast_to(self._values.value(e, place), n).tolist()
        if not isinstance(e, Cell):
            return [Factor(None, (), v) for v in value]
        index = [np.broadcast_to(self._values.value(i, place), n).tolist() for i in e.indices]
        places = zip(*index, strict=True) if index else repeat((), n)
        return list(map(Factor, repeat(e.tensor.name, n), places, value))

    def to_dict(self) -> dict[str, Any]:
        """Everything, as plain data for JSON."""
        return {
            "tensor": self.tensor.name,
            "index": list(self.index),
            "axes": list(self.place),
            "value": self.value,
            "role": self.tensor.role,
            "latex": self.latex,
            "text": self.text,
            "numbersLatex": self.numbers_latex,
            "numbersText": self.numbers_text,
            "sums": [
                {
                    "op": s.op,
                    "axes": list(s.axes),
                    "product": s.product,
                    "value": s.value,
                    "terms": [
                        {
                            "at": list(t.at),
                            "value": t.value,
                            "factors": [
                                {"tensor": f.tensor, "index": list(f.index), "value": f.value} for f in t.factors
                            ],
                        }
                        for t in s.terms
                    ],
                }
                for s in self.sums
            ],
            "sources": [
                {
                    "tensor": s.tensor,
                    "index": [[i.start, i.stop, i.step] if isinstance(i, range) else i for i in s.index],
                }
                for s in self.sources
            ],
            "origin": self.origin,
        }

    def __repr__(self) -> str:
        lines = [self.name + (f"  ({self.tensor.label})" if self.tensor.label else "")]
        lines += (
            [self.text, self.numbers_text] if self.origin is None else [self.numbers_text, f"read from {self.origin}"]
        )
        for s in self.sums:
            lines.append(f"{s.op} over {', '.join(s.axes)}: {len(s.terms)} terms, {numbers.shown(s.value)} in total")
            sign = " * " if s.product else ", "
            lines += [f"  {numbers.shown(t.value):>10}  {sign.join(map(repr, t.factors))}" for t in s.terms[:5]]
        if self.sources:
            lines.append("from " + ", ".join(map(repr, self.sources)))
        return "\n".join(lines)


def _cells_of_terms(
    e: Expr, at: Place, values: CellValues, mask: np.ndarray | None
) -> Iterator[tuple[Cell, np.ndarray | None]]:
    """The cells that terms read by themselves, and which terms do (all: ``None``), in the order written.

    Those under a further reduction are that one's terms.
    """
    match e:
        case Reduce():
            return
        case Apply("where", (condition, a, b)):
            yield from _cells_of_terms(condition, at, values, mask)
            for branch, taken in _branches(values.value(condition, at), a, b, mask):
                yield from _cells_of_terms(branch, at, values, taken)
            return
        case Cell():
            yield e, mask
    for child in children(e):
        yield from _cells_of_terms(child, at, values, mask)


def _branches(held: Any, a: Expr, b: Expr, mask: np.ndarray | None) -> Iterator[tuple[Expr, np.ndarray | None]]:
    """The branches of a ``where`` that are taken at some place, and at which (all: ``None``)."""
    if not isinstance(held, np.ndarray):
        yield a if held else b, mask
        return
    for branch, taken in ((a, held), (b, ~held)):
        both = taken if mask is None else taken & mask
        if both.any():
            yield branch, None if both.all() else both


def _sources(e: Expr, at: Place, values: CellValues, mask: np.ndarray | None) -> Iterator[Source]:
    match e:
        case Cell(tensor, indices):
            yield from _cells_read(tensor.name, [values.value(i, at) for i in indices], mask)
            for i in indices:
                yield from _sources(i, at, values, mask)
        case Apply("where", (condition, a, b)):
            yield from _sources(condition, at, values, mask)
            for branch, taken in _branches(values.value(condition, at), a, b, mask):
                yield from _sources(branch, at, values, taken)
        case Reduce():
            axes, body = nested_sum(e)
            inner, _ = values.along(axes, at)
            yield from _sources(body, inner, values, None if mask is None else mask[(..., *[None] * len(axes))])
        case _:
            for child in children(e):
                yield from _sources(child, at, values, mask)


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


_CELL = re.compile(r"\s*(?P<name>[A-Za-z_][\w.]*)\s*\[(?P<index>[^\]]*)\]\s*$")


def explain_cell(run: Explainable, cell: str) -> Explanation:
    """Explain a cell written as ``name[i, j, ...]``.

    Raises ``NameNotFound`` with near matches, and ``IndexOutOfRange`` with the valid ranges.
    """
    found = _CELL.match(cell)
    if not found:
        raise NameNotFound(f"expected a cell such as blocks.0.attn.q[3, 0, 5], got {cell!r}")
    tensor = run.model.tensors[found["name"]]
    return explain_at(run, tensor, [part.strip() for part in found["index"].split(",") if part.strip()])


def explain_at(run: Explainable, tensor: BoundTensor, index: Sequence[int | str]) -> Explanation:
    """Explain the cell of ``tensor`` at ``index``; negative positions count from the end."""
    shape = tensor.shape(len(run.tokens))
    valid = ", ".join(f"{a.name} from 0 to {n - 1}" for a, n in zip(tensor.axes, shape, strict=True))
    places = []
    for k, given in enumerate(index):
        try:
            i = int(given)
        except ValueError:
            raise IndexOutOfRange(f"{tensor.name}: {given!r} is not a whole number; valid: {valid}") from None
        n = shape[k] if k < len(shape) else 0
        if not -n <= i < n:
            raise IndexOutOfRange(f"{tensor.name}[{', '.join(map(str, index))}] is out of range; valid: {valid}")
        places.append(i % n)
    if len(places) != len(shape):
        raise IndexOutOfRange(f"{tensor.name} takes {len(shape)} indices, got {len(places)}; valid: {valid}")
    return Explanation(run, tensor, tuple(places))
