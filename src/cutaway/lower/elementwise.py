"""Lowers arithmetic, comparisons and functions: the same operation on whole arrays, which broadcast."""

from __future__ import annotations

from cutaway.arithmetic import INFIX, scalar
from cutaway.formula import FUNCTIONS, Apply, Const
from cutaway.lower.nodes import Array, Env, Node, Run, aligned, as_float, expanded
from cutaway.lower.scope import Scope


def elementwise(scope: Scope, e: Apply) -> Node:
    nodes = [scope.node(a) for a in e.args]
    op = e.op
    fixed = all(n.fixed for n in nodes)
    if all(n.scalar for n in nodes):
        runs = [n.run for n in nodes]
        return Node(lambda env: scalar(op, *(r(env) for r in runs)), (), e.kind, scalar=True, fixed=True)
    values = nodes[1:] if op == "where" else nodes
    if any(n.kind == "float" for n in values) or op in FUNCTIONS or op == "/":
        nodes = nodes[: -len(values)] + [as_float(n) for n in values]
    axes = scope.sorted({a for n in nodes for a in n.axes})
    runs = [aligned(n, axes) for n in nodes]
    return Node(_operation(op, runs, nodes, e), axes, e.kind, fixed=fixed)


def _operation(op: str, runs: list[Run], nodes: list[Node], e: Apply) -> Run:
    if op in INFIX:
        f, a, b = INFIX[op], runs[0], runs[1]
        if op == "**" and isinstance(e.args[1], Const) and e.args[1].value in (2, 3):
            cube = e.args[1].value == 3  # pow of float32 is many times slower than products

            def power(env: Env) -> Array:
                x = a(env)
                return x * x * x if cube else x * x

            return power
        return lambda env: f(a(env), b(env))
    if op == "where":
        c, a, b = runs
        both = nodes[1].scalar and nodes[2].scalar and e.kind == "float"
        if nodes[0].scalar:  # torch wants an array
            c = expanded(c, nodes[0], ())

        def choose(env: Env) -> Array:
            x = a(env)
            if both:  # two Python numbers would give float64
                x = env.xp.asarray(x, dtype=env.xp.float32, device=env.device)
            return env.xp.where(c(env), x, b(env))

        return choose
    if op in ("min", "max"):
        name = "minimum" if op == "min" else "maximum"
        a, b = runs
        return lambda env: getattr(env.xp, name)(a(env), b(env))
    a = runs[0]
    if op == "neg":
        return lambda env: -a(env)
    return lambda env: env.function(op)(a(env))
