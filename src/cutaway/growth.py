"""How costs grow: with the number of tokens, as polynomials, and with width and depth.

Beside ``cost``, which counts one forward pass. Costs are polynomials of the number of tokens, found from the
costs at three lengths. How they grow with width or depth is counted on the same formulas with longer axes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cutaway.cost import tensor_costs
from cutaway.definition import Definition
from cutaway.formula import Expr, Reduce, children, factors, nested_sum
from cutaway.traffic import cache_by_window

WIDE_KINDS = frozenset({"channel", "feature", "head channel"})
"""Axes that grow when a model is made wider and keeps its number of heads."""


@dataclass(frozen=True)
class Polynomial:
    """A count as a polynomial of the number of tokens."""

    coefficients: tuple[float, float, float]

    def at(self, tokens: Expr | int) -> Expr | int:
        """The value for a number of tokens, which may be that of the run."""
        a, b, c = self.whole
        return a + b * tokens + c * tokens * tokens

    @property
    def whole(self) -> list[int]:
        """The coefficients as whole numbers, which they are: a count has no halves of a product."""
        return [round(x) for x in self.coefficients]

    @staticmethod
    def through(y0: float, y1: float, y2: float) -> Polynomial:
        """The polynomial with these values at 0, 1 and 2."""
        return Polynomial((y0, (4 * y1 - 3 * y0 - y2) / 2, (y2 - 2 * y1 + y0) / 2))


@dataclass(frozen=True)
class Costs:
    """The costs of a definition's tensors. A tensor is named as it is declared, with ``*`` for the layer."""

    definition: Definition

    @cached_property
    def _at(self) -> list[dict[str, tuple[int, int, int, int]]]:
        """At 0, 1 and 2 tokens: tensor to parameters, active parameters, multiply-adds, bytes; tensors that are
        declared twice are summed."""
        made = []
        for tensors in tensor_costs(self.definition, *map(self.definition.lengths, (0, 1, 2))):
            table: dict[str, tuple[int, int, int, int]] = {}
            for t in tensors:
                p, a, m, b = table.get(t.name, (0, 0, 0, 0))
                table[t.name] = p + t.parameters, a + t.active_parameters, m + t.multiply_adds, b + t.bytes
            made.append(table)
        return made

    @cached_property
    def names(self) -> list[str]:
        return list(self._at[0])

    def parameters(self, names: Iterable[str] | None = None) -> int:
        """Weights of some tensors (template names), or of all."""
        return sum(self._at[0][n][0] for n in (self.names if names is None else names))

    def active_parameters(self, names: Iterable[str] | None = None) -> int:
        """Of these the ones that one token reads."""
        return sum(self._at[0][n][1] for n in (self.names if names is None else names))

    @cached_property
    def cache_cells(self) -> int:
        """Numbers that are kept of each token that is being written, those of a prompt beside it not counted."""
        return sum(self.cache_by_window.values())

    @cached_property
    def cache_by_window(self) -> dict[int | None, int]:
        """The same, by how many tokens the attention that keeps them looks back on (none: all)."""
        return cache_by_window(self.definition, with_prompt=False)

    def multiply_adds(self, names: Iterable[str] | None = None) -> Polynomial:
        return self._sum(2, names)

    def bytes(self, names: Iterable[str] | None = None) -> Polynomial:
        return self._sum(3, names)

    @cached_property
    def cells(self) -> Polynomial:
        """How many numbers a run computes."""
        computed = [t.name for t in self.definition.root.declared() if t.formula is not None]
        total = self.bytes(dict.fromkeys(computed)).coefficients
        return Polynomial((total[0] / 4, total[1] / 4, total[2] / 4))

    def _sum(self, column: int, names: Iterable[str] | None) -> Polynomial:
        chosen = self.names if names is None else list(names)
        return Polynomial.through(*(sum(table[n][column] for n in chosen) for table in self._at))

    def growth(self, tokens: int, *, width: int = 1, depth: int = 1) -> float:
        """How many times as many multiply-adds a model takes that is so much wider and deeper."""
        return _work(self.definition, tokens, width, depth) / _work(self.definition, tokens, 1, 1)


def _work(definition: Definition, tokens: int, width: int, depth: int) -> int:
    """Multiply-adds when axes of the stream are ``width`` times as long and layers ``depth`` times as many."""

    def size(axis) -> int:
        return tokens if axis.dynamic else axis.size * (width if axis.kind in WIDE_KINDS else 1)

    def count(e: Expr, times: int) -> int:
        if isinstance(e, Reduce):
            axes, body = nested_sum(e)
            inner = times * math.prod(map(size, axes))
            product = e.op == "sum" and len(factors(body)) > 1
            return (inner if product else 0) + count(body, inner)
        return sum(count(child, times) for child in children(e))

    total = 0
    for t in definition.root.declared():
        if t.formula is not None:
            copies = len(t.layers) * depth if t.layers else 1
            total += copies * count(t.formula, math.prod(map(size, t.axes)))
    return total
