"""Formulas: one cell of a tensor, in index notation, as an ordinary Python expression.

First stage of the pipeline; everything else (values, explanations, cost, picture) is derived from
the expressions built here. An axis is itself an expression, its value being the position along it,
so that ``Sum(c, x[t, c] * w[c]) / length(c)`` and ``where(s <= t, score, -inf)`` are plain Python.

Six kinds of node and no more: ``Const``, ``Axis``, ``Size``, ``Cell``, ``Apply`` and ``Reduce``.
Named functions (``gelu``, ``silu``, ...) are sugar that expands to these; see ``parts``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from cutaway.errors import FormulaError

inf = float("inf")

OPS: dict[str, int] = {
    "+": 2, "-": 2, "*": 2, "/": 2, "//": 2, "%": 2, "**": 2, "neg": 1,
    "exp": 1, "sqrt": 1, "log": 1, "tanh": 1, "erf": 1, "sin": 1, "cos": 1, "abs": 1, "min": 2, "max": 2,
    "<": 2, "<=": 2, ">": 2, ">=": 2, "==": 2, "!=": 2, "and": 2, "or": 2, "not": 1, "where": 3,
}  # fmt: skip
"""Element-wise operations and how many arguments each takes."""

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
LOGICAL = frozenset({"and", "or", "not"})
FUNCTIONS = frozenset({"exp", "sqrt", "log", "tanh", "erf", "sin", "cos"})

Kind = Literal["int", "float", "bool"]
"""What a value is: positions, counts and token ids are int; conditions are bool; the rest is float."""


class Expr:
    """Base of all nodes: overloads Python's operators. ``==`` stays identity; write ``equal(a, b)``."""

    __slots__ = ()

    def __add__(self, other: Operand) -> Apply:
        return apply("+", self, other)

    def __radd__(self, other: Operand) -> Apply:
        return apply("+", other, self)

    def __sub__(self, other: Operand) -> Apply:
        return apply("-", self, other)

    def __rsub__(self, other: Operand) -> Apply:
        return apply("-", other, self)

    def __mul__(self, other: Operand) -> Apply:
        return apply("*", self, other)

    def __rmul__(self, other: Operand) -> Apply:
        return apply("*", other, self)

    def __truediv__(self, other: Operand) -> Apply:
        return apply("/", self, other)

    def __rtruediv__(self, other: Operand) -> Apply:
        return apply("/", other, self)

    def __floordiv__(self, other: Operand) -> Apply:
        return apply("//", self, other)

    def __mod__(self, other: Operand) -> Apply:
        return apply("%", self, other)

    def __pow__(self, other: Operand) -> Apply:
        return apply("**", self, other)

    def __rpow__(self, other: Operand) -> Apply:
        return apply("**", other, self)

    def __neg__(self) -> Apply:
        return apply("neg", self)

    def __lt__(self, other: Operand) -> Apply:
        return apply("<", self, other)

    def __le__(self, other: Operand) -> Apply:
        return apply("<=", self, other)

    def __gt__(self, other: Operand) -> Apply:
        return apply(">", self, other)

    def __ge__(self, other: Operand) -> Apply:
        return apply(">=", self, other)

    def __and__(self, other: Operand) -> Apply:
        return apply("and", self, other)

    def __or__(self, other: Operand) -> Apply:
        return apply("or", self, other)

    def __invert__(self) -> Apply:
        return apply("not", self)

    def __bool__(self) -> bool:
        raise FormulaError(f"a formula has no truth value while it is written: use where, & and | in {self!r}")


Operand = Expr | int | float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Const(Expr):
    """A number."""

    value: int | float

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Axis(Expr):
    """A named axis, and the index variable that runs along it.

    ``name`` is the letter in formulas (``t``), unique in a model; ``kind`` says what a position means
    (see ``axes.KINDS``); ``size`` is the length in cells. An axis with ``length_of`` is in each run as long
    as that input, for example ``tokens``; ``size`` is then the largest length.
    """

    name: str
    kind: str
    size: int
    length_of: str | None = None

    @property
    def dynamic(self) -> bool:
        """Whether the length differs from run to run."""
        return self.length_of is not None

    def length_in(self, lengths: Mapping[str, int]) -> int:
        """The length in a run whose inputs have these lengths."""
        return self.size if self.length_of is None else lengths[self.length_of]

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Size(Expr):
    """The length of an axis in the current run."""

    axis: Axis

    def __repr__(self) -> str:
        return f"length({self.axis.name})"


class Readable(Protocol):
    """What a ``Cell`` reads: anything with a full or template name and axes."""

    @property
    def name(self) -> str: ...

    @property
    def axes(self) -> tuple[Axis, ...]: ...

    @property
    def integer(self) -> bool: ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cell(Expr):
    """One cell of a tensor: an integer expression per axis."""

    tensor: Readable
    indices: tuple[Expr, ...]

    def __repr__(self) -> str:
        return f"{self.tensor.name}[{', '.join(map(repr, self.indices))}]"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Apply(Expr):
    """An element-wise operation, see ``OPS``."""

    op: str
    args: tuple[Expr, ...]
    kind: Kind = field(default="float")

    def __repr__(self) -> str:
        if self.op == "neg":
            return f"-({self.args[0]!r})"
        if len(self.args) == 2 and not self.op.isalpha():
            return f"({self.args[0]!r} {self.op} {self.args[1]!r})"
        return f"{self.op}({', '.join(map(repr, self.args))})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reduce(Expr):
    """``sum``, ``max`` or ``argmax`` of ``body`` over all positions of ``axis``."""

    op: str
    axis: Axis
    body: Expr

    def __repr__(self) -> str:
        return f"{self.op}({self.axis!r}, {self.body!r})"


def kind_of(e: Expr) -> Kind:
    """Whether an expression's value is an integer, a real number or a truth value."""
    match e:
        case Const(value):
            return "int" if isinstance(value, int) else "float"
        case Axis() | Size():
            return "int"
        case Cell(tensor):
            return "int" if tensor.integer else "float"
        case Apply():
            return e.kind
        case Reduce(op, _, body):
            return "int" if op == "argmax" else kind_of(body)
    raise FormulaError(f"expected an expression, got {e!r}")


def as_expr(x: Operand) -> Expr:
    """A number or an expression as an expression."""
    if isinstance(x, Expr):
        return x
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise FormulaError(f"expected a number or an expression, got {x!r}")
    return Const(x)


_HINT = {
    True: "write a comparison, such as s <= t",
    False: "turn a condition into a number with where(condition, 1, 0)",
}


def apply(op: str, *args: Operand) -> Apply:
    """Node for ``op``; checks the number of arguments and works out what kind of value results."""
    if OPS.get(op) != len(args):
        raise FormulaError(f"unknown operation {op!r} with {len(args)} arguments; known: {', '.join(OPS)}")
    nodes = tuple(as_expr(a) for a in args)
    for place, node in enumerate(nodes):
        logical = op in LOGICAL or (op == "where" and place == 0)
        if (kind_of(node) == "bool") is not logical:
            raise FormulaError(
                f"{op}: expected a {'condition' if logical else 'number'}, got {node!r}; {_HINT[logical]}"
            )
    if op in COMPARISONS or op in LOGICAL:
        kind: Kind = "bool"
    elif op == "/" or op in FUNCTIONS:
        kind = "float"
    else:
        values = nodes[1:] if op == "where" else nodes
        kind = "int" if all(kind_of(n) == "int" for n in values) else "float"
    return Apply(op, nodes, kind)


def length(axis: Axis) -> Size:
    """The length of ``axis``, as in a mean: ``Sum(c, x[t, c]) / length(c)``."""
    return Size(axis)


def Sum(axis: Axis, body: Operand) -> Reduce:  # noqa: N802 - reads like the notation
    """Sum of ``body`` over every position of ``axis``."""
    return _reduce("sum", axis, body)


def Max(axis: Axis, body: Operand) -> Reduce:  # noqa: N802
    """Largest ``body`` over every position of ``axis``."""
    return _reduce("max", axis, body)


def ArgMax(axis: Axis, body: Operand) -> Reduce:  # noqa: N802
    """The first position of ``axis`` at which ``body`` is largest."""
    return _reduce("argmax", axis, body)


def _reduce(op: str, axis: Axis, body: Operand) -> Reduce:
    e = as_expr(body)
    if kind_of(e) == "bool":
        raise FormulaError(f"{op} over {axis.name}: expected a number, got {e!r}; {_HINT[False]}")
    return Reduce(op, axis, e)


def where(condition: Expr, if_true: Operand, if_false: Operand) -> Apply:
    """``if_true`` where the condition holds, else ``if_false``; the other branch is not read."""
    return apply("where", condition, if_true, if_false)


def exp(x: Operand) -> Apply:
    return apply("exp", x)


def sqrt(x: Operand) -> Apply:
    return apply("sqrt", x)


def log(x: Operand) -> Apply:
    return apply("log", x)


def tanh(x: Operand) -> Apply:
    return apply("tanh", x)


def erf(x: Operand) -> Apply:
    return apply("erf", x)


def sin(x: Operand) -> Apply:
    return apply("sin", x)


def cos(x: Operand) -> Apply:
    return apply("cos", x)


def minimum(a: Operand, b: Operand) -> Apply:
    return apply("min", a, b)


def maximum(a: Operand, b: Operand) -> Apply:
    return apply("max", a, b)


def equal(a: Operand, b: Operand) -> Apply:
    """Whether two values are the same number (``==`` on formulas is identity)."""
    return apply("==", a, b)


def children(e: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside ``e``."""
    match e:
        case Cell():
            return e.indices
        case Apply():
            return e.args
        case Reduce():
            return (e.body,)
    return ()


def walk(e: Expr) -> Iterator[Expr]:
    """Every node of ``e``, parents first, left to right."""
    ahead = [e]
    while ahead:
        node = ahead.pop()
        yield node
        ahead += children(node)[::-1]


def cells(e: Expr) -> list[Cell]:
    """Every tensor read in ``e``, in the order it is written."""
    return [n for n in walk(e) if isinstance(n, Cell)]


def factors(e: Expr) -> list[Expr]:
    """The factors of a product: ``a * b * c`` gives three, anything else gives itself."""
    if isinstance(e, Apply) and e.op == "*":
        return factors(e.args[0]) + factors(e.args[1])
    return [e]


def nested_sum(e: Reduce) -> tuple[list[Axis], Expr]:
    """``Sum(h, Sum(a, body))`` as the axes ``[h, a]`` and the body. Other reductions have one axis."""
    axes, body = [e.axis], e.body
    while e.op == "sum" and isinstance(body, Reduce) and body.op == "sum":
        axes.append(body.axis)
        body = body.body
    return axes, body


def check(e: Expr, axes: tuple[Axis, ...], *, where: str) -> None:
    """Raise ``FormulaError`` unless every axis variable in ``e`` is one of ``axes`` or bound by a reduction."""
    match e:
        case Axis():
            if e not in axes:
                known = ", ".join(a.name for a in axes) or "none"
                raise FormulaError(f"{where}: axis {e.name!r} is not bound; bound here: {known}")
        case Reduce(_, axis, body):
            if axis in axes:
                raise FormulaError(f"{where}: axis {axis.name!r} is reduced over, but is already bound")
            check(body, (*axes, axis), where=where)
        case _:
            if isinstance(e, Cell):
                for index in e.indices:
                    if kind_of(index) != "int":
                        raise FormulaError(f"{where}: {e!r} needs integer indices, got {index!r}")
            for child in children(e):
                check(child, axes, where=where)
