"""A definition with shorter token axes: the same weights and formulas, drawn and counted for fewer tokens.

Beside ``definition``. At a context of 131,072 tokens the squares of scores, one cell for each pair of tokens, leave
nothing else to be seen; within 1,024 of them the weights are as large as they always are. Only the axes that are as
long as an input change: a table of positions keeps all of its rows, and whatever the architecture took from its own
context, such as frequencies that were stretched for it, stands in the formulas as it did.
"""

from __future__ import annotations

from dataclasses import replace

from cutaway.definition import Definition, Module, Reference, Tensor
from cutaway.errors import SettingError
from cutaway.formula import Apply, Axis, Cell, Expr, Readable, Reduce, Size


def within(definition: Definition, tokens: int) -> Definition:
    """The definition for runs of at most ``tokens`` tokens, under a name of its own; itself at its own context.

    An encoder-decoder writes at most as many. Raises ``SettingError`` for more than the context holds.
    """
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 1 <= tokens <= definition.context:
        raise SettingError(
            f"{definition.name} can be drawn for 1 to {definition.context} tokens, its context, got {tokens!r}"
        )
    if tokens == definition.context:
        return definition
    return replace(
        definition,
        name=name_within(definition.whole_name, tokens),
        root=_Shorter(tokens).module(definition.root),
        context=tokens,
        whole=definition.whole or definition,
    )


def name_within(name: str, tokens: int) -> str:
    """The name of a model drawn for so many tokens."""
    return f"{name}@{tokens}"


def title_within(title: str, tokens: int) -> str:
    """What a model of a title is called when it is drawn for so many tokens; the same in every language."""
    return f"{title}, T = {tokens}"


def title_of_whole(title: str, definition: Definition) -> str:
    """What a model is called at its true context, by its title and the definition that it is drawn from."""
    return title if definition.whole is None else title.removesuffix(title_within("", definition.context))


class _Shorter:
    """A copy of a tree; what was one object there is one here, for axes and shared formulas are told by identity."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens
        self._made: dict[int, tuple[object, Expr | Readable]] = {}
        """By identity; the original is kept, so that no other object can take its place in memory."""

    def module(self, m: Module) -> Module:
        made = Module(m.path, label=m.label, kind=m.kind, layers=m.layers)
        for item in m.order:
            if isinstance(item, Tensor):
                copy = self._tensor(item)
                made.tensors.append(copy)
            else:
                copy = self.module(item)
                made.modules.append(copy)
            made.order.append(copy)
        return made

    def _tensor(self, t: Tensor) -> Tensor:
        if id(t) not in self._made:
            formula = None if t.formula is None else self._expr(t.formula)
            self._made[id(t)] = t, replace(t, axes=self._axes(t.axes), formula=formula)
        made = self._made[id(t)][1]
        assert isinstance(made, Tensor)
        return made

    def _axes(self, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
        return tuple(self._axis(a) for a in axes)

    def _axis(self, a: Axis) -> Axis:
        if not a.dynamic:
            return a
        made = self._expr(a)
        assert isinstance(made, Axis)
        return made

    def _expr(self, e: Expr) -> Expr:
        if id(e) not in self._made:
            self._made[id(e)] = e, self._copy(e)
        made = self._made[id(e)][1]
        assert isinstance(made, Expr)
        return made

    def _copy(self, e: Expr) -> Expr:
        match e:
            case Axis():
                return replace(e, size=self._tokens) if e.dynamic else e
            case Size(axis):
                return Size(self._axis(axis))
            case Cell(tensor, indices):
                return Cell(self._readable(tensor), tuple(self._expr(i) for i in indices))
            case Apply(op, args, kind):
                return Apply(op, tuple(self._expr(a) for a in args), kind)
            case Reduce(op, axis, body):
                return Reduce(op, self._axis(axis), self._expr(body))
        return e

    def _readable(self, tensor: Readable) -> Readable:
        if isinstance(tensor, Tensor):
            return self._tensor(tensor)
        return Reference(tensor.name, self._axes(tensor.axes), tensor.integer)
