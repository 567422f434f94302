"""The way through a formula: which function lowers which kind of expression."""

from __future__ import annotations

from collections.abc import Sequence

from cutaway.errors import FormulaError
from cutaway.formula import Apply, Axis, Cell, Const, Expr, Reduce, Size, kind_of
from cutaway.lower.elementwise import elementwise
from cutaway.lower.nodes import Array, Env, Lowered, Node, arange, as_float, expand, fixed, size_of
from cutaway.lower.reading import reading
from cutaway.lower.reductions import extreme, summed
from cutaway.lower.scope import Scope, order_of


def lower(formula: Expr, axes: Sequence[Axis], *, integer: bool = False) -> Lowered:
    """Translate the formula of a cell indexed by ``axes`` into array operations.

    The result is float32, or int64 if ``integer``, for which the formula must be of whole numbers.
    """
    scope = Scope(lambda e: _node(e, scope), order_of(formula, axes))
    node = scope.node(formula)
    if not integer:
        node = as_float(node)
    missing = tuple(axes) != node.axes

    def run(env: Env) -> Array:
        value = node.run(env)
        if node.scalar:
            dtype = env.xp.int64 if integer else env.xp.float32
            value = env.xp.asarray(value, dtype=dtype, device=env.device)
        if missing:
            shape = tuple(size_of(a, env) for a in axes)
            value = env.xp.broadcast_to(expand(value, node.axes, axes), shape)
        return value

    return Lowered(scope.reads, run, frozenset(scope.by_position - scope.whole))


def _node(e: Expr, scope: Scope) -> Node:
    match e:
        case Const(value):
            return Node(lambda env: value, (), kind_of(e), scalar=True, fixed=True)
        case Size(axis):
            return Node(lambda env: size_of(axis, env), (), "int", scalar=True, fixed=True)
        case Axis():
            return fixed(Node(lambda env: arange(env, size_of(e, env)), (e,), "int", fixed=True))
        case Cell():
            return reading(scope, e)
        case Apply():
            return fixed(elementwise(scope, e))
        case Reduce("sum", _, _):
            return summed(scope, e)
        case Reduce():
            return extreme(scope, e)
    raise FormulaError(f"expected an expression, got {e!r}")
