"""Tensors: declared once, standing for one in each of their layers, and bound to a layer by a full name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from cutaway.errors import FormulaError
from cutaway.formula import Apply, Axis, Cell, Expr, Operand, Reduce, as_expr, walk

Role = Literal["input", "weight", "activation", "statistic"]
PREVIOUS = "<"
"""Stands for the layer number in a reference to the previous layer: ``blocks.<.resid_post``."""


@dataclass(frozen=True, eq=False)
class _HasAxes:
    name: str
    axes: tuple[Axis, ...]
    integer: bool = False

    def __getitem__(self, index: Operand | tuple[Operand, ...]) -> Cell:
        """One cell, with an integer expression for each axis. Raises ``FormulaError`` for another number of them."""
        indices = index if isinstance(index, tuple) else (index,)
        if len(indices) != len(self.axes):
            axes = ", ".join(a.name for a in self.axes)
            raise FormulaError(f"{self.name}[{axes}] takes {len(self.axes)} indices, got {len(indices)}")
        return Cell(self, tuple(as_expr(i) for i in indices))


class Reference(_HasAxes):
    """A tensor of another layer than the one where the formula stands."""


@dataclass(frozen=True, eq=False)
class Tensor(_HasAxes):
    """A declared tensor. With ``*`` in its name it stands for one tensor in each of ``layers``.

    ``formula`` is the value of one cell in terms of ``axes``; inputs and weights have none.
    """

    role: Role = "activation"
    formula: Expr | None = None
    layers: tuple[int, ...] = ()
    label: str = ""
    latex: str | None = None
    about: str = ""
    tied_to: str | None = None
    """The name of another weight whose numbers these are, such as the embedding for a tied head; of the
    two, this one is not counted."""

    @cached_property
    def nodes(self) -> tuple[Expr, ...]:
        """Every node of the formula, as ``formula.walk`` goes; none where there is no formula."""
        return () if self.formula is None else tuple(walk(self.formula))

    @cached_property
    def reads(self) -> tuple[Cell, ...]:
        """Every cell that the formula reads, in the order it is written."""
        return tuple(e for e in self.nodes if isinstance(e, Cell))

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The names of the tensors that the formula reads, as they stand there, each once."""
        return tuple(dict.fromkeys(cell.tensor.name for cell in self.reads))

    def layer(self, number: int) -> Reference:
        """This tensor in layer ``number``."""
        return Reference(self.name.replace("*", str(number)), self.axes, self.integer)


@dataclass(frozen=True, eq=False)
class BoundTensor(_HasAxes):
    """One tensor of a model by its full name: a declaration bound to a layer."""

    declared: Tensor = field(kw_only=True)
    layer: int | None = field(default=None, kw_only=True)
    tensors: Mapping[str, BoundTensor] = field(kw_only=True, repr=False)
    """All tensors of the model, which the formula reads."""

    @property
    def role(self) -> Role:
        return self.declared.role

    @property
    def label(self) -> str:
        return self.declared.label

    @cached_property
    def formula(self) -> Expr | None:
        """The formula with every reference resolved to a full name; ``None`` for inputs and weights."""
        f = self.declared.formula
        return None if f is None else self._bind(f)

    def shape(self, lengths: Mapping[str, int]) -> tuple[int, ...]:
        """Lengths of the axes in a run whose inputs have these lengths; those of weights are the same in all."""
        return tuple(a.length_in(lengths) for a in self.axes)

    def _bind(self, e: Expr) -> Expr:
        match e:
            case Cell(tensor, indices):
                full = resolve(tensor.name, self.layer)
                return Cell(self.tensors[full], tuple(self._bind(i) for i in indices))
            case Apply(op, args, kind):
                return Apply(op, tuple(self._bind(a) for a in args), kind)
            case Reduce(op, axis, body):
                return Reduce(op, axis, self._bind(body))
        return e

    def __repr__(self) -> str:
        axes = ", ".join(f"{a.name}={a.size}" for a in self.axes)
        tail = f" = {self.formula!r}" if self.formula is not None else ""
        return f"<{self.role} {self.name}[{axes}]{tail}>"


def resolve(name: str, layer: int | None) -> str:
    """The full name of a reference that stands in ``layer``: fills in ``*`` and ``<``."""
    if layer is None:
        return name
    return name.replace("*", str(layer)).replace(f".{PREVIOUS}.", f".{layer - 1}.")
