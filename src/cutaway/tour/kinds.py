"""Parts by kind: what a chapter may ask for, and what it may ask of them.

What varies between models is read off the formulas: whether attention looks ahead, how far it looks back,
where a norm stands. So a chapter asks ``attn.window`` and never which model this is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from cutaway.definition import resolve
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, Size, maximum, walk
from cutaway.tour.errors import MissingPart, author
from cutaway.tour.module_view import ModuleView
from cutaway.tour.selection import Selection
from cutaway.tour.tensor_view import TensorView
from cutaway.traffic import kept_of


class Norm(ModuleView):
    """A part of kind ``norm``: a layer norm when it has a ``mean``, else a root mean square norm."""

    @property
    def result(self) -> TensorView:
        """The normalized vectors, which may have a name of their own outside of the norm."""
        if "normalized" in self:
            return self.normalized
        return next(x for x in self.chapter.readers(self.statistic) if x.name not in self._names(self.module))

    @property
    def statistic(self) -> TensorView:
        """What it divides by: the variance, or the root mean square."""
        return self.var if "var" in self else self.scale

    @property
    def from_one(self) -> bool:
        """Whether its scale is stored as the distance from 1."""
        sums = [e.args for e in walk(self.result.formula) if isinstance(e, Apply) and e.op == "+"]
        return any(isinstance(b, Cell) and b.tensor.name == self.w.name and isinstance(a, Const) for a, b in sums)

    @property
    def place(self) -> Literal["before", "after", "between"]:
        """Where it stands: ``before`` a part reads the stream, ``after`` a part and before its result is added to
        the stream, or ``between`` two stations of the stream, which it replaces."""
        block = self.chapter.around(self)
        if self.result.name in [x.name for x in block.stream]:
            return "between"
        return "before" if self.reads[0].name in [x.name for x in block.stream] else "after"


class Attention(ModuleView):
    """A part of kind ``attention``."""

    @property
    def causal(self) -> bool:
        """Whether a token looks at itself and at those before it only."""
        return any(isinstance(e, Apply) and e.op == "<=" and _are_tokens(*e.args) for e in self._scoring())

    @property
    def window(self) -> int | None:
        """How many tokens, itself included, a token looks back on; none: all."""
        for e in self._scoring():
            match e:
                case Apply("<", (Apply("-", (a, b)), Const(limit))) if _are_tokens(a, b):
                    return int(limit)
        return None

    def first_seen(self, token: Expr) -> Expr | int:
        """The first token that ``token`` looks at: where its window begins, or 0."""
        return 0 if self.window is None else maximum(token - (self.window - 1), 0)

    @property
    def preparation(self) -> Selection:
        """All that comes before the scores: queries, keys and values, and their weights."""
        names = list(dict.fromkeys(self._names(self.module)))
        early = names[: names.index(self.attn_scores.name)]
        return self.chapter.together(*map(self.chapter.tensor, early))

    @property
    def divisor(self) -> float | None:
        """The number by whose root scores are divided; none: they are not."""
        for e in self._scoring():
            match e:
                case Apply("/", (_, Apply("sqrt", (Const(number),)))):
                    return number
                case Apply("/", (_, Apply("sqrt", (Size(axis),)))):
                    return axis.size
        return None

    @property
    def factor(self) -> float | None:
        """The number that scores are multiplied by; none: they are not."""
        return factor_of_sum(self.attn_scores.formula)

    @property
    def sharpening(self) -> float | None:
        """The number that scores are multiplied by after they were divided by a root; none: they are not."""
        for e in self._scoring():
            match e:
                case Apply("*", (Apply("/", (_, Apply("sqrt"))), Const(factor))):
                    return float(factor)
        return None

    @property
    def cap(self) -> float | None:
        """What scores are softly kept below."""
        return cap_of(self.attn_scores)

    @property
    def sharing(self) -> int:
        """How many heads share one key and value."""
        return self.q.block.slabs // max(self.v.block.slabs, 1)

    @property
    def kept(self) -> list[TensorView]:
        """What later tokens need of a token, such as its key and its value."""
        kept = kept_of(self.module, self.chapter.definition)
        return [self.chapter.tensor(resolve(t.name, self.layer)) for t in kept]

    def _scoring(self) -> Iterator[Expr]:
        return walk(self.attn_scores.formula)


class MLP(ModuleView):
    """A part of kind ``mlp``: gated when it has ``W_gate``; a choice of experts when it has ``expert_indices``."""

    @property
    def curve(self) -> str:
        """The name of the curve that its hidden units go through."""
        return curve_of(self.post.formula)


class Experts(ModuleView):
    """A part of kind ``experts``: perceptrons of which each token uses a few."""

    @property
    def curve(self) -> str:
        """The name of the curve that opens their gates."""
        return curve_of(self.post.formula)

    @property
    def clamped(self) -> bool:
        """Whether gates and what passes through them are kept within limits."""
        return any(isinstance(e, Apply) and e.op == "min" for e in walk(self.post.formula))


class Rotary(ModuleView):
    """A part of kind ``position``: the angles by which queries and keys are turned."""


class Block(ModuleView):
    """A layer: a part of kind ``block``."""

    @property
    def attn(self) -> Attention:
        return self._first("attention")

    @property
    def mlp(self) -> MLP:
        return self._first("mlp")

    @property
    def norms(self) -> list[Norm]:
        """The norms of the stream and of what is added to it."""
        return [x for x in self.parts("norm") if isinstance(x, Norm)]

    @property
    def stream(self) -> list[TensorView]:
        """The stations of the residual stream, from ``resid_pre`` to ``resid_post``."""
        return self.chapter.path(self.resid_pre, self.resid_post)

    @property
    def in_order(self) -> list[ModuleView]:
        """Its parts, in order of computation."""
        return [self.chapter.module(m, self.layer) for m in self.module.modules]

    def norm_before(self, part: ModuleView) -> Norm | None:
        """The norm through which a part reads the stream; none where it reads a station of the stream itself."""
        read = part.reads[0].name
        return next((n for n in self.norms if n.result.name == read and n.place == "before"), None)

    def _first(self, kind: str) -> Any:
        found = self.parts(kind)
        if not found:
            raise MissingPart(f"{author()}: {self.path} has no part of kind {kind!r}")
        return found[0]


class Model(ModuleView):
    """The whole model: kind ``model``. Attributes are what is outside the layers."""

    @cached_property
    def stacks(self) -> list[list[Block]]:
        """The layers of each stack, such as those of an encoder and of a decoder, the first one first."""
        made: dict[str, list[Block]] = {}
        for m in self.module.modules:
            if m.path.endswith(".*"):
                views = (self.chapter.module(m, layer) for layer in m.layers)
                made.setdefault(m.path, []).extend(view for view in views if isinstance(view, Block))
        return [sorted(blocks, key=lambda block: block.layer or 0) for blocks in made.values()]

    @property
    def blocks(self) -> list[Block]:
        """Every layer of the first stack, which is the only one of most models."""
        return self.stacks[0] if self.stacks else []


VIEWS: dict[str, type[ModuleView]] = {
    "norm": Norm, "attention": Attention, "mlp": MLP, "experts": Experts, "position": Rotary, "block": Block,
    "model": Model,
}  # fmt: skip
"""Kind of module to its view; other kinds are plain ``ModuleView``."""


def cap_of(x: TensorView) -> float | None:
    """The limit within which a tensor's cells are softly kept: ``cap * tanh(... / cap)``."""
    for e in walk(x.formula):
        match e:
            case Apply("*", (Const(cap), Apply("tanh", (Apply("/", (_, Const(same))),)))) if cap == same:
                return float(cap)
    return None


def curve_of(formula: Expr) -> str:
    """The name of the bent function in a formula."""
    used = {e.op for e in walk(formula) if isinstance(e, Apply)}
    if used & {"erf", "tanh"}:
        return "GELU"
    return "SiLU" if "exp" in used else "ReLU"


def factor_of(formula: Expr) -> float | None:
    """The constant that a formula multiplies one cell with, if that is all it does."""
    match formula:
        case Apply("*", (_, Const(factor))) if not any(isinstance(e, Reduce) for e in walk(formula)):
            return float(factor)
    return None


def factor_of_sum(formula: Expr) -> float | None:
    """The constant that a formula multiplies a sum with."""
    for e in walk(formula):
        match e:
            case Apply("*", (Reduce(), Const(factor))):
                return float(factor)
    return None


def share_added(total: TensorView, part: TensorView) -> float | None:
    """The constant that ``part`` is multiplied by where ``total`` adds it to something; none: it is added as it is."""
    for e in walk(total.formula):
        match e:
            case Apply("*", (Cell(tensor), Const(number))) if tensor.name in (part.name, part.tensor.declared.name):
                return float(number)
    return None


def _are_tokens(*parts: Expr) -> bool:
    return all(isinstance(e, Axis) and e.dynamic for e in parts)
