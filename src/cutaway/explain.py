"""Explaining one cell: its formula in symbols and in numbers, the terms of its sums, the cells it came from.

Reads the same formula as the lowering, but at one place, in float64 over the stored float32 values.
Sums are evaluated as vectors over the axis they run along, so that an explanation takes well under a
millisecond. ``client/src/formula/explain.ts`` follows this file; golden files hold the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any

import msgspec
import numpy as np

from cutaway import numbers
from cutaway.cellwise import CellValues, Explainable, Place
from cutaway.definition import BoundTensor
from cutaway.errors import IndexOutOfRange, NameNotFound
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, children, factors
from cutaway.printing import LATEX, TEXT, Printer
from cutaway.sources import Source, cells_of_terms, sources_of


class Factor(msgspec.Struct, frozen=True, gc=False):
    """A number in a term: the value of a cell, or a constant (``tensor`` is then ``None``)."""

    tensor: str | None
    index: tuple[int, ...]
    value: float

    def __repr__(self) -> str:
        at = f"{self.tensor}[{', '.join(map(str, self.index))}] = " if self.tensor else ""
        return f"{at}{numbers.shown(self.value)}"


class Term(msgspec.Struct, frozen=True, gc=False):
    """One term of a reduction: where along the reduced axes, its value, and the cells it is made of."""

    at: tuple[int, ...]
    value: float
    factors: tuple[Factor, ...]


class Terms(msgspec.Struct, frozen=True):
    """The terms of one reduction, largest absolute value first (of a maximum: largest first)."""

    op: str
    axes: tuple[str, ...]
    product: bool
    """Whether each term is the product of its factors; else the factors are the cells it reads."""
    value: float
    terms: list[Term]


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
        return [] if f is None else list(dict.fromkeys(sources_of(f, self._at, self._values)))

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
        order = self._values.order(e, self._at)
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
        found = list(cells_of_terms(body, place, self._values, None))
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
            "sums": msgspec.to_builtins(self.sums),
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
            value = numbers.shown(s.value)
            result = {"sum": f"{value} in total", "max": f"the largest is {value}"}.get(s.op, f"the largest at {value}")
            lines.append(f"{s.op} over {', '.join(s.axes)}: {len(s.terms)} terms, {result}")
            sign = " * " if s.product else ", "
            lines += [f"  {numbers.shown(t.value):>10}  {sign.join(map(repr, t.factors))}" for t in s.terms[:5]]
        if self.sources:
            lines.append("from " + ", ".join(map(repr, self.sources)))
        return "\n".join(lines)


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
    shape = tensor.shape(run.lengths)
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
