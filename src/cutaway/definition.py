"""The definition of a model: a tree of modules that hold named tensors, each given or defined by a formula.

Second stage of the pipeline. An architecture file builds the tree once, with layers that are alike
declared once: ``root.stack("blocks", layers=range(48))`` is one module named ``blocks.*``, and the
tensor ``blocks.*.attn.q`` stands for 48 tensors. Work on a model therefore grows with the number of
*different* blocks. ``Definition.tensors`` is the expanded view, by full name. Numbers come later, in ``model``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypedDict, Unpack

from cutaway.errors import FormulaError, NameNotFound, near_matches
from cutaway.formula import Apply, Axis, Cell, Expr, Operand, Reduce, as_expr, check, kind_of, walk

Role = Literal["input", "weight", "activation", "statistic"]
Predicts = Literal["next", "masked", "none"]
"""What is predicted at each place: the token after it, the token there, which the prompt may hide, or nothing."""
PREVIOUS = "<"
"""Stands for the layer number in a reference to the previous layer: ``blocks.<.resid_post``."""


class Described(TypedDict, total=False):
    """What a declaration may say for people."""

    label: str
    latex: str
    about: str


def indexed(tensor: _HasAxes, index: Operand | tuple[Operand, ...]) -> Cell:
    """``tensor[index]`` as a cell, checked for the number of indices."""
    indices = index if isinstance(index, tuple) else (index,)
    if len(indices) != len(tensor.axes):
        axes = ", ".join(a.name for a in tensor.axes)
        raise FormulaError(f"{tensor.name}[{axes}] takes {len(tensor.axes)} indices, got {len(indices)}")
    return Cell(tensor, tuple(as_expr(i) for i in indices))


@dataclass(frozen=True, eq=False)
class _HasAxes:
    name: str
    axes: tuple[Axis, ...]
    integer: bool = False

    def __getitem__(self, index: Operand | tuple[Operand, ...]) -> Cell:
        return indexed(self, index)


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
    tensors: TensorMap = field(kw_only=True, repr=False)

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


class TensorMap(Mapping[str, BoundTensor]):
    """Full name to tensor, layers expanded, in order of computation; each is bound on first use."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._made: dict[str, BoundTensor] = {}

    @cached_property
    def _declared(self) -> dict[str, tuple[Tensor, int | None]]:
        table: dict[str, tuple[Tensor, int | None]] = {}
        stacks: set[str] = set()
        for item in self._definition.root.order:
            if isinstance(item, Tensor):
                table[item.name] = (item, None)
            elif not item.layers:
                table |= {t.name: (t, None) for t in item.declared()}
            elif item.path not in stacks:  # all bodies of one stack, layer by layer
                stacks.add(item.path)
                bodies = [m for m in self._definition.root.modules if m.path == item.path]
                rows = [(layer, list(body.declared())) for body in bodies for layer in body.layers]
                for layer, tensors in sorted(rows, key=lambda row: row[0]):
                    table |= {resolve(t.name, layer): (t, layer) for t in tensors if layer in t.layers}
        return table

    def __getitem__(self, name: str) -> BoundTensor:
        if name not in self._made:
            try:
                t, layer = self._declared[name]
            except KeyError:
                known = near_matches(name, self._declared)
                raise NameNotFound(f"{self._definition.name} has no tensor {name!r}.{known}") from None
            self._made[name] = BoundTensor(name, t.axes, t.integer, declared=t, layer=layer, tensors=self)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def __contains__(self, name: object) -> bool:
        return name in self._declared


@dataclass(eq=False)
class Definition:
    """An architecture at certain sizes: what there is to compute, and how, without any number."""

    name: str
    family: str
    """The ``model_type`` of Transformers, for example ``gpt2``."""
    root: Module
    context: int
    """The largest number of tokens of a run."""
    tokens: str = "tokens"
    """Name of the input that holds the token ids."""
    decoder: str | None = None
    """Name of the input that holds the tokens of the decoder, where that is a stack of its own."""
    decoder_start: int | None = None
    """The token that the decoder begins with."""
    logits: str | None = "logits"
    """The scores of all tokens; none where no tokens are predicted."""
    probabilities: str | None = "probs"
    predicts: Predicts = "next"
    whole: Definition | None = None
    """The model at its true context, where this is the same for fewer tokens; see ``shorter``."""

    @property
    def true_context(self) -> int:
        """The context of the architecture, however many tokens this is drawn for."""
        return self.context if self.whole is None else self.whole.context

    @property
    def whole_name(self) -> str:
        """What the model is called at its true context."""
        return self.name if self.whole is None else self.whole.name

    @cached_property
    def tensors(self) -> TensorMap:
        return TensorMap(self)

    def lengths(self, tokens: int, decoder: int | None = None) -> dict[str, int]:
        """The lengths of the inputs of a run; the decoder's is that of the prompt unless given."""
        of = {self.tokens: tokens}
        return of if self.decoder is None else {**of, self.decoder: tokens if decoder is None else decoder}

    @property
    def predicts_in_words(self) -> str:
        """What the last token's prediction is of: the next token, or the last."""
        return {"next": "next", "masked": "last", "none": ""}[self.predicts]

    @cached_property
    def vocabulary_size(self) -> int:
        """How many tokens there are: what the prompt is looked up in."""
        return self._looked_up({self.tokens})[self.tokens]

    @cached_property
    def further_inputs(self) -> dict[str, int]:
        """Inputs beside the tokens, such as segments, and below what their numbers must be: what they index."""
        tokens = (self.tokens, self.decoder)
        return self._looked_up({t.name for t in self.root.declared() if t.role == "input"} - {*tokens})

    def _looked_up(self, inputs: set[str]) -> dict[str, int]:
        """Of each of these inputs, below what its numbers must be: the shortest axis that it indexes."""
        limits: dict[str, int] = {}
        for reader in self.root.declared() if inputs else ():
            for cell in reader.reads:
                for index, axis in zip(cell.indices, cell.tensor.axes, strict=True):
                    if isinstance(index, Cell) and index.tensor.name in inputs:
                        limits[index.tensor.name] = min(axis.size, limits.get(index.tensor.name, axis.size))
        return limits

    @cached_property
    def axes(self) -> list[Axis]:
        """Every axis variable, in order of first use."""
        found: dict[str, Axis] = {}
        for t in self.root.declared():
            inside = (e.axis if isinstance(e, Reduce) else e for e in t.nodes if isinstance(e, Reduce | Axis))
            for axis in (*t.axes, *inside):
                if found.setdefault(axis.name, axis) is not axis:
                    raise FormulaError(f"{t.name}: two different axes are both named {axis.name!r}")
        return list(found.values())
