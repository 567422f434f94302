"""Lowers sums and extremes. A sum of products becomes one matrix product (BLAS) wherever two factors share its axes."""

from __future__ import annotations

import math

from cutaway.formula import Axis, Kind, Reduce, factors, kind_of, nested_sum
from cutaway.lower.nodes import Array, Env, Node, aligned, as_float, expanded, matrix, size_of
from cutaway.lower.routing import routed
from cutaway.lower.scope import Scope


def summed(scope: Scope, e: Reduce) -> Node:
    over, body = nested_sum(e)
    reduced = set(over)
    if (by_choice := routed(scope, over, factors(body))) is not None:
        return by_choice
    nodes = [scope.node(f) for f in factors(body)]
    outside = [n for n in nodes if not reduced & set(n.axes)]
    inside = [n for n in nodes if reduced & set(n.axes)]
    missing = [a for a in over if not any(a in n.axes for n in inside)]
    if not inside:  # every term is the same: count them
        inside, outside = [scope.node(body)], []
    elif any(n.kind == "float" for n in nodes):
        inside, outside = [as_float(n) for n in inside], [as_float(n) for n in outside]
    while len(inside) > 2:  # the smallest factors are multiplied element by element first
        inside.sort(key=lambda n: math.prod(a.size for a in n.axes), reverse=True)
        inside[-2:] = [product(scope, inside[-2], inside[-1])]
    node = inside[0] if len(inside) == 1 else None
    if len(inside) == 2:
        a, b = inside
        if reduced & set(a.axes) & set(b.axes) and a.kind == "float":  # not every library multiplies integers
            node, rest = _contract(scope, a, b, reduced), reduced - set(a.axes) | reduced - set(b.axes)
            reduced_left = [x for x in over if x in rest and x in node.axes]
        else:
            node, reduced_left = product(scope, a, b), [x for x in over if x not in missing]
    else:
        assert node is not None
        reduced_left = [x for x in over if x in node.axes]
    if reduced_left:
        node = _total(node, reduced_left)
    for factor in outside:
        node = product(scope, node, factor)
    if missing:
        inner = node.run

        def times(env: Env) -> Array:
            return inner(env) * math.prod(size_of(a, env) for a in missing)

        node = Node(times, node.axes, node.kind, scalar=node.scalar, fixed=node.fixed)
    return node


def product(scope: Scope, a: Node, b: Node) -> Node:
    axes = scope.sorted({*a.axes, *b.axes})
    ra, rb = aligned(a, axes), aligned(b, axes)
    kind: Kind = "float" if "float" in (a.kind, b.kind) else "int"
    return Node(lambda env: ra(env) * rb(env), axes, kind, scalar=a.scalar and b.scalar, fixed=a.fixed and b.fixed)


def _total(node: Node, over: list[Axis]) -> Node:
    places = tuple(node.axes.index(a) for a in over)
    axes = tuple(a for a in node.axes if a not in over)
    inner, place = node.run, places[0] if len(places) == 1 else places
    return Node(lambda env: env.xp.sum(inner(env), axis=place), axes, node.kind)


def _contract(scope: Scope, a: Node, b: Node, reduced: set[Axis]) -> Node:
    """Sum over shared reduced axes of ``a * b`` as one (batched) matrix product."""
    both = set(a.axes) & set(b.axes)
    k = scope.sorted(both & reduced)
    batch = scope.sorted(both - reduced)
    m, n = (tuple(x for x in node.axes if x not in both) for node in (a, b))
    if m and n and scope.order.index(n[0]) < scope.order.index(m[0]):
        a, b, m, n = b, a, n, m
    left, right = matrix(a, batch, m, k), matrix(b, batch, k, n)
    result = (*batch, *m, *n)
    axes = scope.sorted(set(result))
    order = tuple(result.index(x) for x in axes)
    straight, folded = order == tuple(range(len(order))), len(m) != 1 or len(n) != 1

    def run(env: Env) -> Array:
        value = env.xp.matmul(left(env), right(env))
        if folded:
            value = env.xp.reshape(value, tuple(size_of(x, env) for x in result))
        return value if straight else env.xp.permute_dims(value, order)

    return Node(run, axes, "float")


def extreme(scope: Scope, e: Reduce) -> Node:
    node = scope.node(e.body)
    if e.axis not in node.axes:
        inner = expanded(node.run, node, scope.sorted({*node.axes, e.axis}))
        node = Node(inner, scope.sorted({*node.axes, e.axis}), node.kind)
    place = node.axes.index(e.axis)
    axes = tuple(a for a in node.axes if a is not e.axis)
    run, name = node.run, e.op
    return Node(lambda env: getattr(env.xp, name)(run(env), axis=place), axes, kind_of(e))
