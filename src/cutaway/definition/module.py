"""The tree of modules: what an architecture file calls to declare tensors, in order of computation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

from cutaway.definition.tensors import PREVIOUS, Reference, Role, Tensor
from cutaway.errors import FormulaError
from cutaway.formula import Axis, Operand, as_expr, check, kind_of


class Described(TypedDict, total=False):
    """What a declaration may say for people."""

    label: str
    latex: str
    about: str


class Module:
    """A node of the module tree; its methods declare tensors and submodules in order of computation.

    ``kind`` says what sort of part it is (``norm``, ``attention``, ``mlp``, ``block``, ...); tours and
    layouts speak of kinds, never of paths.
    """

    def __init__(self, path: str = "", *, label: str, kind: str, layers: Sequence[int] = ()) -> None:
        self.path = path
        self.label = label
        self.kind = kind
        self.layers = tuple(layers)
        """The layers this module, or the stack around it, stands for; empty outside stacks."""
        self.tensors: list[Tensor] = []
        self.modules: list[Module] = []
        self.order: list[Tensor | Module] = []

    def module(self, name: str, *, label: str, kind: str) -> Module:
        """A submodule."""
        return self._adopt(Module(self._join(name), label=label, kind=kind, layers=self.layers))

    def stack(self, name: str, *, layers: Sequence[int], label: str, kind: str = "block") -> Module:
        """A body repeated in ``layers``. Call again with other layers for bodies of another form."""
        if self.layers:
            raise FormulaError(f"{self.path}: a stack inside a stack is not supported")
        return self._adopt(Module(f"{self._join(name)}.*", label=label, kind=kind, layers=layers))

    def input(self, name: str, axes: Sequence[Axis], **described: Unpack[Described]) -> Tensor:
        """Integers given with each run, such as token ids."""
        return self._declare(Tensor(self._join(name), tuple(axes), True, "input", None, self.layers, **described))

    def weight(
        self, name: str, axes: Sequence[Axis], *, tied_to: str | None = None, **described: Unpack[Described]
    ) -> Tensor:
        """Numbers learned in training, read from the checkpoint."""
        full = self._join(name)
        return self._declare(
            Tensor(full, tuple(axes), False, "weight", None, self.layers, tied_to=tied_to, **described)
        )

    def activation(
        self,
        name: str,
        axes: Sequence[Axis],
        formula: Operand,
        *,
        integer: bool = False,
        **described: Unpack[Described],
    ) -> Tensor:
        """An intermediate value, one formula per cell; ``integer`` for whole numbers, which can be indices."""
        return self._define("activation", name, axes, formula, self.layers, integer=integer, **described)

    def statistic(
        self,
        name: str,
        axes: Sequence[Axis],
        formula: Operand,
        *,
        integer: bool = False,
        **described: Unpack[Described],
    ) -> Tensor:
        """A mean, variance, maximum, sum or count that other formulas read."""
        return self._define("statistic", name, axes, formula, self.layers, integer=integer, **described)

    def carry(
        self, name: str, axes: Sequence[Axis], first: Operand, *, last: str, **described: Unpack[Described]
    ) -> Tensor:
        """A value handed from layer to layer: ``first`` in layer 0, then the tensor ``last`` of the layer before.

        ``last`` is the name of a tensor that this module declares later, over the same axes.
        """
        handed_on = Reference(self._join(last).replace("*", PREVIOUS), tuple(axes))[tuple(axes)]
        begin = tuple(i for i in self.layers if i == 0)
        rest = tuple(i for i in self.layers if i != 0)
        made = [
            self._define("activation", name, axes, formula, layers, **described)
            for formula, layers in ((first, begin), (handed_on, rest))
            if layers
        ]
        return made[0]

    def _define(
        self,
        role: Role,
        name: str,
        axes: Sequence[Axis],
        formula: Operand,
        layers: Sequence[int],
        *,
        integer: bool = False,
        **described: Unpack[Described],
    ) -> Tensor:
        e, full = as_expr(formula), self._join(name)
        check(e, tuple(axes), where=full)
        if integer and kind_of(e) != "int":
            raise FormulaError(f"{full}: expected a formula of whole numbers, got {e!r}")
        return self._declare(Tensor(full, tuple(axes), integer, role, e, tuple(layers), **described))

    def _declare(self, tensor: Tensor) -> Tensor:
        for other in self.tensors:
            if other.name == tensor.name and (not tensor.layers or set(other.layers) & set(tensor.layers)):
                raise FormulaError(f"{tensor.name} is declared twice")
        self.tensors.append(tensor)
        self.order.append(tensor)
        return tensor

    def _adopt(self, module: Module) -> Module:
        self.modules.append(module)
        self.order.append(module)
        return module

    def _join(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def walk(self) -> Iterator[Module]:
        """This module and all below it, parents first."""
        yield self
        for m in self.modules:
            yield from m.walk()

    def declared(self) -> Iterator[Tensor]:
        """Every declared tensor of this module and below, in order of computation."""
        for item in self.order:
            if isinstance(item, Tensor):
                yield item
            else:
                yield from item.declared()
