"""Lowers products whose matrix is looked up, as for experts: only the matrices that are chosen are touched."""

from __future__ import annotations

from cutaway.formula import Axis, Cell, Expr
from cutaway.lower.nodes import Array, Env, Node, as_float, expanded, in_range, same, size_of
from cutaway.lower.scope import Scope


def routed(scope: Scope, over: list[Axis], parts: list[Expr]) -> Node | None:
    """``Sum(c, x[t, c] * W[n[t, k], c, f])``: a product whose matrix is looked up, as for experts.

    All rows that look up the same matrix are multiplied by it at once; the other matrices are not
    touched. ``None`` if the sum is not of this form.
    """
    if len(parts) != 2:
        return None
    for x, w in (parts, reversed(parts)):
        if not (isinstance(w, Cell) and len(w.indices) == 3 and isinstance(w.indices[0], Cell)):
            continue
        which, *rest = w.indices
        own = w.tensor.axes[1:]
        if not all(isinstance(i, Axis) and same(i, o) for i, o in zip(rest, own, strict=True)):
            continue
        k, n = [i for i in rest if i in over], [i for i in rest if i not in over and isinstance(i, Axis)]
        choice, left = scope.node(which), as_float(scope.node(x))
        rows = scope.sorted({*choice.axes, *left.axes} - set(over))
        if k == list(over) and len(n) == 1 and not set(choice.axes) & {*over, *n} and not set(left.axes) & set(n):
            return _product_by_choice(scope, w, choice, left, rows, over[0], n[0])
    return None


def _product_by_choice(
    scope: Scope, w: Cell, choice: Node, left: Node, rows: tuple[Axis, ...], k: Axis, n: Axis
) -> Node:
    slot = scope.read(w.tensor)
    scope.by_position.add(slot)
    transposed = w.indices[1] is n
    chosen = expanded(in_range(choice, w.indices[0], w.tensor.axes[0]), choice, rows)
    vectors = expanded(left.run, left, (*rows, k)) if left.axes != (*rows, k) else left.run
    axes = scope.sorted({*rows, n})
    order = tuple((*rows, n).index(a) for a in axes)

    def run(env: Env) -> Array:
        xp, matrices = env.xp, env.arrays[slot]
        numbers = xp.reshape(chosen(env), (-1,)).tolist()
        x = xp.reshape(vectors(env), (len(numbers), size_of(k, env)))
        by_number: dict[int, list[int]] = {}
        for row, number in enumerate(numbers):
            by_number.setdefault(number, []).append(row)
        products = []
        for number, group in by_number.items():
            matrix = matrices[number].T if transposed else matrices[number]
            products.append(xp.take(x, xp.asarray(group, device=env.device), axis=0) @ matrix)
        back = [0] * len(numbers)
        for place, row in enumerate(row for group in by_number.values() for row in group):
            back[row] = place
        value = xp.take(xp.concat(products, axis=0), xp.asarray(back, device=env.device), axis=0)
        value = xp.reshape(value, tuple(size_of(a, env) for a in (*rows, n)))
        return xp.permute_dims(value, order)

    return Node(run, axes, "float")
