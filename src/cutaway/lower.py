"""Lowering: from the formula of one cell to operations on whole arrays.

Third stage. A formula is translated once into a tree of small closures; running it costs little more
than the array operations themselves. ``Sum`` of a product of two tensors becomes one matrix product
(BLAS); everything else broadcasts. Written against the Python array API standard, so NumPy and torch
(CPU, CUDA, autograd) run the same code.

Rejected: ``einsum`` (not in the standard, and slow to parse for small arrays); generating Python
source (as fast, harder to read).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cutaway.arithmetic import INFIX, scalar
from cutaway.errors import FormulaError
from cutaway.formula import (
    FUNCTIONS,
    Apply,
    Axis,
    Cell,
    Const,
    Expr,
    Kind,
    Readable,
    Reduce,
    Size,
    factors,
    kind_of,
    nested_sum,
)

Array = Any


@dataclass(slots=True)
class Env:
    """What one evaluation of a formula can see."""

    xp: Any
    """The array API namespace."""
    arrays: Sequence[Array]
    """The tensors the formula reads, in the order of ``Lowered.reads``."""
    lengths: Mapping[str, int]
    """The lengths of the inputs, which dynamic axes have."""
    constants: dict[int, Array]
    """Values that depend on nothing but the lengths, such as masks; kept between evaluations."""
    device: Any
    function: Callable[[str], Callable[[Array], Array]]
    """Element-wise functions by name."""


Run = Callable[[Env], Array]


@dataclass(slots=True)
class Node:
    """A lowered expression: an array over ``axes`` (in the formula's order), or a Python scalar."""

    run: Run
    axes: tuple[Axis, ...]
    kind: Kind
    scalar: bool = False
    fixed: bool = False
    """Whether the value depends on lengths only."""


@dataclass(slots=True)
class Lowered:
    """A formula as array operations."""

    reads: list[Readable]
    """The tensors to pass, in order."""
    run: Run
    """Gives an array with exactly the tensor's axes."""
    by_position: frozenset[int] = frozenset()
    """Which of ``reads`` are only asked for positions along their first axis: the chosen experts' matrices."""


def lower(formula: Expr, axes: Sequence[Axis], *, integer: bool = False) -> Lowered:
    """Translate the formula of a cell indexed by ``axes`` into array operations.

    The result is float32, or int64 if ``integer``, for which the formula must be of whole numbers.
    """
    return _Lowering(axes, integer).lower(formula)


def size_of(axis: Axis, env: Env) -> int:
    return axis.length_in(env.lengths)


@dataclass(slots=True)
class _Lowering:
    axes: Sequence[Axis]
    integer: bool = False
    reads: list[Readable] = field(default_factory=list)
    by_position: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    """Which of ``reads`` are asked for one position at a time, and which for all of it."""
    order: list[Axis] = field(default_factory=list)
    """Every axis of the formula; the arrays of all nodes keep this order, so that none is ever transposed twice."""

    def lower(self, formula: Expr) -> Lowered:
        self.order = list(self.axes)
        self._collect(formula)
        node = self._node(formula)
        if not self.integer:
            node = self._float(node)
        missing = tuple(self.axes) != node.axes

        def run(env: Env) -> Array:
            value = node.run(env)
            if node.scalar:
                dtype = env.xp.int64 if self.integer else env.xp.float32
                value = env.xp.asarray(value, dtype=dtype, device=env.device)
            if missing:
                shape = tuple(size_of(a, env) for a in self.axes)
                value = env.xp.broadcast_to(_expand(value, node.axes, self.axes), shape)
            return value

        return Lowered(self.reads, run, frozenset(self.by_position - self.whole))

    def _collect(self, e: Expr) -> None:
        if isinstance(e, Reduce) and e.axis not in self.order:
            self.order.append(e.axis)
        match e:
            case Cell(_, parts) | Apply(_, parts):
                for part in parts:
                    self._collect(part)
            case Reduce(_, _, body):
                self._collect(body)

    def _sorted(self, axes: set[Axis]) -> tuple[Axis, ...]:
        return tuple(a for a in self.order if a in axes)

    def _node(self, e: Expr) -> Node:
        match e:
            case Const(value):
                return Node(lambda env: value, (), kind_of(e), scalar=True, fixed=True)
            case Size(axis):
                return Node(lambda env: size_of(axis, env), (), "int", scalar=True, fixed=True)
            case Axis():
                return self._fixed(Node(lambda env: _arange(env, size_of(e, env)), (e,), "int", fixed=True))
            case Cell():
                return self._cell(e)
            case Apply():
                return self._fixed(self._apply(e))
            case Reduce("sum", _, _):
                return self._sum(e)
            case Reduce():
                return self._extreme(e)
        raise FormulaError(f"expected an expression, got {e!r}")

    def _fixed(self, node: Node) -> Node:
        """Keep the value of a node that depends on lengths only, for instance a causal mask."""
        if not node.fixed or node.scalar:
            return node
        key, inner = id(node), node.run

        def run(env: Env) -> Array:
            if key not in env.constants:
                env.constants[key] = (inner(env), node)  # holding the node keeps its id unique
            return env.constants[key][0]

        return Node(run, node.axes, node.kind, fixed=True)

    def _float(self, node: Node) -> Node:
        """The node with integers cast to float32, as arithmetic with real numbers needs."""
        if node.kind == "float":
            return node
        if node.scalar:  # stays a Python number, of which arrays of float32 are made
            return replace(node, kind="float")
        inner = node.run
        return self._fixed(
            Node(lambda env: env.xp.astype(inner(env), env.xp.float32), node.axes, "float", fixed=node.fixed)
        )

    # ---- element-wise ----

    def _apply(self, e: Apply) -> Node:
        nodes = [self._node(a) for a in e.args]
        op = e.op
        fixed = all(n.fixed for n in nodes)
        if all(n.scalar for n in nodes):
            runs = [n.run for n in nodes]
            return Node(lambda env: scalar(op, *(r(env) for r in runs)), (), e.kind, scalar=True, fixed=True)
        values = nodes[1:] if op == "where" else nodes
        if any(n.kind == "float" for n in values) or op in FUNCTIONS or op == "/":
            nodes = nodes[: -len(values)] + [self._float(n) for n in values]
        axes = self._sorted({a for n in nodes for a in n.axes})
        runs = [_aligned(n, axes) for n in nodes]
        return Node(self._operation(op, runs, nodes, e), axes, e.kind, fixed=fixed)

    def _operation(self, op: str, runs: list[Run], nodes: list[Node], e: Apply) -> Run:
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
                c = _expanded(c, nodes[0], ())

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

    # ---- reading ----

    def _read(self, tensor: Readable) -> int:
        for i, known in enumerate(self.reads):
            if known.name == tensor.name:
                return i
        self.reads.append(tensor)
        return len(self.reads) - 1

    def _cell(self, e: Cell) -> Node:
        slot = self._read(e.tensor)
        self.whole.add(slot)
        kind = kind_of(e)
        plain = [isinstance(i, Axis) and _fits(i, own) for i, own in zip(e.indices, e.tensor.axes, strict=True)]
        if all(plain) and len({id(i) for i in e.indices}) == len(e.indices):
            return self._plain(e, slot, kind)
        indices = [self._node(i) for i in e.indices]
        safe = [_in_range(n, i, own) for n, i, own in zip(indices, e.indices, e.tensor.axes, strict=True)]
        looked_up = [place for place, is_plain in enumerate(plain) if not is_plain]
        if len(looked_up) == 1:  # an embedding, a shared key head, a neighbouring channel: slices are taken at once
            (place,) = looked_up
            whole = [i for i, is_plain in zip(e.indices, plain, strict=True) if isinstance(i, Axis) and is_plain]
            own = [axis for axis, is_plain in zip(e.tensor.axes, plain, strict=True) if is_plain]
            same = all(map(_same, whole, own))
            if same and len(set(whole)) == len(whole) and not set(whole) & set(indices[place].axes):
                return self._slices(slot, place, safe[place], indices[place].axes, whole, kind)
        axes = self._sorted({a for n in indices for a in n.axes})
        runs = [_expanded(run, n, axes) for run, n in zip(safe, indices, strict=True)]

        def gather(env: Env) -> Array:
            return env.arrays[slot][tuple(run(env) for run in runs)]

        return Node(gather, axes, kind)

    def _slices(
        self, slot: int, place: int, index: Run, index_axes: tuple[Axis, ...], whole: list[Axis], kind: Kind
    ) -> Node:
        """A tensor read whole along all axes but one, where an index says which slices to take."""
        loaded = (*whole[:place], *index_axes, *whole[place:])
        axes = self._sorted(set(loaded))
        order = tuple(loaded.index(a) for a in axes)
        straight = order == tuple(range(len(order)))

        def take(env: Env) -> Array:
            at, stored = index(env), env.arrays[slot]
            if len(index_axes) == 1:
                value = env.xp.take(stored, at, axis=place)
            elif not index_axes:
                value = stored[(*[slice(None)] * place, int(at))]
            else:
                value = env.xp.take(stored, env.xp.reshape(at, (-1,)), axis=place)
                shape = (*stored.shape[:place], *at.shape, *stored.shape[place + 1 :])
                value = env.xp.reshape(value, shape)
            return value if straight else env.xp.permute_dims(value, order)

        return Node(take, axes, kind)

    def _plain(self, e: Cell, slot: int, kind: Kind) -> Node:
        variables = [i for i in e.indices if isinstance(i, Axis)]
        axes = self._sorted(set(variables))
        order = tuple(variables.index(a) for a in axes)
        straight = order == tuple(range(len(order)))
        cut = [not _same(i, own) for own, i in zip(e.tensor.axes, variables, strict=True)]

        def load(env: Env) -> Array:
            value = env.arrays[slot]
            if any_cut:
                value = value[tuple(slice(0, size_of(i, env)) for i in variables)]
            return value if straight else env.xp.permute_dims(value, order)

        any_cut = any(cut)
        if straight and not any_cut:
            return Node(lambda env: env.arrays[slot], axes, kind)
        return Node(load, axes, kind)

    # ---- reductions ----

    def _sum(self, e: Reduce) -> Node:
        over, body = nested_sum(e)
        reduced = set(over)
        if (routed := self._routed(over, factors(body))) is not None:
            return routed
        nodes = [self._node(f) for f in factors(body)]
        outside = [n for n in nodes if not reduced & set(n.axes)]
        inside = [n for n in nodes if reduced & set(n.axes)]
        missing = [a for a in over if not any(a in n.axes for n in inside)]
        if not inside:  # every term is the same: count them
            inside, outside = [self._node(body)], []
        elif any(n.kind == "float" for n in nodes):
            inside, outside = [self._float(n) for n in inside], [self._float(n) for n in outside]
        while len(inside) > 2:  # the smallest factors are multiplied element by element first
            inside.sort(key=lambda n: math.prod(a.size for a in n.axes), reverse=True)
            inside[-2:] = [self._product(inside[-2], inside[-1])]
        node = inside[0] if len(inside) == 1 else None
        if len(inside) == 2:
            a, b = inside
            if reduced & set(a.axes) & set(b.axes) and a.kind == "float":  # not every library multiplies integers
                node, rest = self._contract(a, b, reduced), reduced - set(a.axes) | reduced - set(b.axes)
                reduced_left = [x for x in over if x in rest and x in node.axes]
            else:
                node, reduced_left = self._product(a, b), [x for x in over if x not in missing]
        else:
            assert node is not None
            reduced_left = [x for x in over if x in node.axes]
        if reduced_left:
            node = self._total(node, reduced_left)
        for factor in outside:
            node = self._product(node, factor)
        if missing:
            inner = node.run

            def times(env: Env) -> Array:
                return inner(env) * math.prod(size_of(a, env) for a in missing)

            node = Node(times, node.axes, node.kind, scalar=node.scalar, fixed=node.fixed)
        return node

    def _product(self, a: Node, b: Node) -> Node:
        axes = self._sorted({*a.axes, *b.axes})
        ra, rb = _aligned(a, axes), _aligned(b, axes)
        kind: Kind = "float" if "float" in (a.kind, b.kind) else "int"
        return Node(lambda env: ra(env) * rb(env), axes, kind, scalar=a.scalar and b.scalar, fixed=a.fixed and b.fixed)

    def _total(self, node: Node, over: list[Axis]) -> Node:
        places = tuple(node.axes.index(a) for a in over)
        axes = tuple(a for a in node.axes if a not in over)
        inner, place = node.run, places[0] if len(places) == 1 else places
        return Node(lambda env: env.xp.sum(inner(env), axis=place), axes, node.kind)

    def _contract(self, a: Node, b: Node, reduced: set[Axis]) -> Node:
        """Sum over shared reduced axes of ``a * b`` as one (batched) matrix product."""
        both = set(a.axes) & set(b.axes)
        k = self._sorted(both & reduced)
        batch = self._sorted(both - reduced)
        m, n = (tuple(x for x in node.axes if x not in both) for node in (a, b))
        if m and n and self.order.index(n[0]) < self.order.index(m[0]):
            a, b, m, n = b, a, n, m
        left, right = _matrix(a, batch, m, k), _matrix(b, batch, k, n)
        result = (*batch, *m, *n)
        axes = self._sorted(set(result))
        order = tuple(result.index(x) for x in axes)
        straight, folded = order == tuple(range(len(order))), len(m) != 1 or len(n) != 1

        def run(env: Env) -> Array:
            value = env.xp.matmul(left(env), right(env))
            if folded:
                value = env.xp.reshape(value, tuple(size_of(x, env) for x in result))
            return value if straight else env.xp.permute_dims(value, order)

        return Node(run, axes, "float")

    def _routed(self, over: list[Axis], parts: list[Expr]) -> Node | None:
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
            if not all(isinstance(i, Axis) and _same(i, o) for i, o in zip(rest, own, strict=True)):
                continue
            k, n = [i for i in rest if i in over], [i for i in rest if i not in over and isinstance(i, Axis)]
            choice, left = self._node(which), self._float(self._node(x))
            rows = self._sorted({*choice.axes, *left.axes} - set(over))
            if k == list(over) and len(n) == 1 and not set(choice.axes) & {*over, *n} and not set(left.axes) & set(n):
                return self._product_by_choice(w, choice, left, rows, over[0], n[0])
        return None

    def _product_by_choice(self, w: Cell, choice: Node, left: Node, rows: tuple[Axis, ...], k: Axis, n: Axis) -> Node:
        slot = self._read(w.tensor)
        self.by_position.add(slot)
        transposed = w.indices[1] is n
        chosen = _expanded(_in_range(choice, w.indices[0], w.tensor.axes[0]), choice, rows)
        vectors = _expanded(left.run, left, (*rows, k)) if left.axes != (*rows, k) else left.run
        axes = self._sorted({*rows, n})
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

    def _extreme(self, e: Reduce) -> Node:
        node = self._node(e.body)
        if e.axis not in node.axes:
            inner = _expanded(node.run, node, self._sorted({*node.axes, e.axis}))
            node = Node(inner, self._sorted({*node.axes, e.axis}), node.kind)
        place = node.axes.index(e.axis)
        axes = tuple(a for a in node.axes if a is not e.axis)
        run, name = node.run, e.op
        return Node(lambda env: getattr(env.xp, name)(run(env), axis=place), axes, kind_of(e))


def _matrix(node: Node, batch: tuple[Axis, ...], rows: tuple[Axis, ...], columns: tuple[Axis, ...]) -> Run:
    """The node as a stack of matrices; a view whenever strides allow it."""
    wanted = (*batch, *rows, *columns)
    order = tuple(node.axes.index(a) for a in wanted)
    straight = order == tuple(range(len(order)))
    folded = len(rows) != 1 or len(columns) != 1
    inner = node.run

    def run(env: Env) -> Array:
        value = inner(env)
        if not straight:
            value = env.xp.permute_dims(value, order)
        if folded:
            shape = tuple(size_of(a, env) for a in batch)
            tall = math.prod(size_of(a, env) for a in rows)
            value = env.xp.reshape(value, (*shape, tall, math.prod(size_of(a, env) for a in columns)))
        return value

    return run


def _expand(value: Array, axes: tuple[Axis, ...], wanted: Sequence[Axis]) -> Array:
    """Insert an axis of length 1 for each of ``wanted`` that is absent from ``axes``."""
    return value[tuple(slice(None) if a in axes else None for a in wanted)] if axes else value


def _aligned(node: Node, axes: tuple[Axis, ...]) -> Run:
    """The node's array shaped to broadcast over ``axes``; leading absent axes need no work."""
    if node.scalar or not node.axes:
        return node.run
    trailing = axes[axes.index(node.axes[0]) :]
    if trailing == node.axes:
        return node.run
    run, index = node.run, tuple(slice(None) if a in node.axes else None for a in trailing)
    return lambda env: run(env)[index]


def _expanded(run: Run, node: Node, axes: tuple[Axis, ...]) -> Run:
    """Like ``_aligned``, but broadcast to the full shape, as an index or a reduction needs it."""

    def full(env: Env) -> Array:
        value = run(env)
        if node.scalar:
            dtype = {"float": env.xp.float32, "int": env.xp.int64, "bool": env.xp.bool}[node.kind]
            value = env.xp.asarray(value, dtype=dtype, device=env.device)
        return env.xp.broadcast_to(_expand(value, node.axes, axes), tuple(size_of(a, env) for a in axes))

    return full


def _same(variable: Axis, own: Axis) -> bool:
    """Whether a variable runs over exactly the positions of a tensor's own axis."""
    return variable.length_of == own.length_of and variable.size == own.size


def _fits(variable: Axis, own: Axis) -> bool:
    """Whether every position of a variable is one of a tensor's own axis, in every run."""
    return variable.size <= own.size and own.length_of in (None, variable.length_of)


def _in_range(node: Node, index: Expr, axis: Axis) -> Run:
    """An index clamped to its axis: a cell outside may stand in a branch that ``where`` does not take."""
    if isinstance(index, Axis) and _fits(index, axis):
        return node.run
    if node.scalar:
        return lambda env: min(max(node.run(env), 0), size_of(axis, env) - 1)
    return lambda env: env.xp.clip(node.run(env), 0, size_of(axis, env) - 1)


def _arange(env: Env, n: int) -> Array:
    return env.xp.arange(n, dtype=env.xp.int64, device=env.device)
