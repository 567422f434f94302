"""What parts of a model cost, as numbers for texts and for the chart of the last chapter.

Costs are polynomials of the number of tokens, found from the costs at three lengths. How they grow with
width or depth is counted on the same formulas with longer axes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cutaway import wire
from cutaway.cost import cost_of
from cutaway.definition import Definition, Module
from cutaway.formula import Expr, Reduce, children, factors, nested_sum

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter

WIDE_KINDS = frozenset({"channel", "feature", "head channel"})
"""Axes that grow when a model is made wider and keeps its number of heads."""


@dataclass(frozen=True)
class Polynomial:
    """A count as a polynomial of the number of tokens."""

    coefficients: tuple[float, float, float]

    def at(self, tokens: Expr | int) -> Expr | int:
        """The value for a number of tokens, which may be that of the run."""
        a, b, c = (round(x) for x in self.coefficients)
        return a + b * tokens + c * tokens * tokens

    @staticmethod
    def through(y0: float, y1: float, y2: float) -> Polynomial:
        """The polynomial with these values at 0, 1 and 2."""
        return Polynomial((y0, (4 * y1 - 3 * y0 - y2) / 2, (y2 - 2 * y1 + y0) / 2))


@dataclass(frozen=True)
class Costs:
    """The costs of a definition's tensors."""

    definition: Definition

    @cached_property
    def _at(self) -> list[dict[str, tuple[int, int, int]]]:
        """At 0, 1 and 2 tokens: tensor to parameters, multiply-adds, bytes. Tensors declared twice are summed."""
        made = []
        for tokens in (0, 1, 2):
            table: dict[str, tuple[int, int, int]] = {}
            for t in cost_of(self.definition, tokens).tensors:
                p, m, b = table.get(t.name, (0, 0, 0))
                table[t.name] = (p + t.parameters, m + t.multiply_adds, b + t.bytes)
            made.append(table)
        return made

    @cached_property
    def names(self) -> list[str]:
        return list(self._at[0])

    def parameters(self, names: Iterable[str] | None = None) -> int:
        """Weights of some tensors (template names), or of all."""
        return sum(self._at[0][n][0] for n in (self.names if names is None else names))

    def multiply_adds(self, names: Iterable[str] | None = None) -> Polynomial:
        return self._sum(1, names)

    def bytes(self, names: Iterable[str] | None = None) -> Polynomial:
        return self._sum(2, names)

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


def shares(c: Chapter) -> list[wire.Share]:
    """The parts of the model, each with what it costs: before the layers, kinds of parts in them, after them."""
    parts: dict[str, tuple[str, str, str, list[str]]] = {}
    root = c.definition.root
    stacks = [m for m in root.modules if m.path.endswith(".*")]
    seen_stack = False
    for item in root.order:
        if isinstance(item, Module) and item in stacks:
            seen_stack = True
            _of_layers(item, c, parts)
            continue
        label = "Output" if seen_stack or not stacks else "Embedding"
        names = [item.name] if not isinstance(item, Module) else [t.name for t in item.declared()]
        first = names[0]
        parts.setdefault(label, (c.translations(label), "tensor", first, []))[3].extend(names)
    costs, made = c.costs, []
    for label, what, name, names in parts.values():
        unique = list(dict.fromkeys(names))
        adds, read = costs.multiply_adds(unique), costs.bytes(unique)
        made.append(
            wire.Share(label, what, name, costs.parameters(unique), list(adds.coefficients), list(read.coefficients))
        )
    return made


def _of_layers(stack: Module, c: Chapter, parts: dict[str, tuple[str, str, str, list[str]]]) -> None:
    """Parts of the layers by their labels, such as attention and MLP; sums in the stream go with what they add."""
    first = min(stack.layers)
    last: str | None = None
    for item in stack.order:
        if isinstance(item, Module):
            last = item.label
            path = item.path.replace("*", str(first))
            parts.setdefault(last, (c.translations(last), "module", path, []))[3].extend(
                t.name for t in item.declared()
            )
        elif last is not None:
            parts[last][3].append(item.name)
        else:
            label = "Embedding"
            parts.setdefault(label, (c.translations(label), "tensor", item.name, []))[3].append(item.name)
