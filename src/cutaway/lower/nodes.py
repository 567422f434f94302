"""What a formula is lowered to: nodes that give an array when they are run, and how those arrays are shaped to meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cutaway.formula import Axis, Expr, Kind, Readable

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


def size_of(axis: Axis, env: Env) -> int:
    return axis.length_in(env.lengths)


def matrix(node: Node, batch: tuple[Axis, ...], rows: tuple[Axis, ...], columns: tuple[Axis, ...]) -> Run:
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


def expand(value: Array, axes: tuple[Axis, ...], wanted: Sequence[Axis]) -> Array:
    """Insert an axis of length 1 for each of ``wanted`` that is absent from ``axes``."""
    return value[tuple(slice(None) if a in axes else None for a in wanted)] if axes else value


def aligned(node: Node, axes: tuple[Axis, ...]) -> Run:
    """The node's array shaped to broadcast over ``axes``; leading absent axes need no work."""
    if node.scalar or not node.axes:
        return node.run
    trailing = axes[axes.index(node.axes[0]) :]
    if trailing == node.axes:
        return node.run
    run, index = node.run, tuple(slice(None) if a in node.axes else None for a in trailing)
    return lambda env: run(env)[index]


def expanded(run: Run, node: Node, axes: tuple[Axis, ...]) -> Run:
    """Like ``_aligned``, but broadcast to the full shape, as an index or a reduction needs it."""

    def full(env: Env) -> Array:
        value = run(env)
        if node.scalar:
            dtype = {"float": env.xp.float32, "int": env.xp.int64, "bool": env.xp.bool}[node.kind]
            value = env.xp.asarray(value, dtype=dtype, device=env.device)
        return env.xp.broadcast_to(expand(value, node.axes, axes), tuple(size_of(a, env) for a in axes))

    return full


def same(variable: Axis, own: Axis) -> bool:
    """Whether a variable runs over exactly the positions of a tensor's own axis."""
    return variable.length_of == own.length_of and variable.size == own.size


def fits(variable: Axis, own: Axis) -> bool:
    """Whether every position of a variable is one of a tensor's own axis, in every run."""
    return variable.size <= own.size and own.length_of in (None, variable.length_of)


def in_range(node: Node, index: Expr, axis: Axis) -> Run:
    """An index clamped to its axis: a cell outside may stand in a branch that ``where`` does not take."""
    if isinstance(index, Axis) and fits(index, axis):
        return node.run
    if node.scalar:
        return lambda env: min(max(node.run(env), 0), size_of(axis, env) - 1)
    return lambda env: env.xp.clip(node.run(env), 0, size_of(axis, env) - 1)


def arange(env: Env, n: int) -> Array:
    return env.xp.arange(n, dtype=env.xp.int64, device=env.device)


# ---- of one node another ----


def fixed(node: Node) -> Node:
    """Keep the value of a node that depends on lengths only, for instance a causal mask."""
    if not node.fixed or node.scalar:
        return node
    key, inner = id(node), node.run

    def run(env: Env) -> Array:
        if key not in env.constants:
            env.constants[key] = (inner(env), node)  # holding the node keeps its id unique
        return env.constants[key][0]

    return Node(run, node.axes, node.kind, fixed=True)


def as_float(node: Node) -> Node:
    """The node with integers cast to float32, as arithmetic with real numbers needs."""
    if node.kind == "float":
        return node
    if node.scalar:  # stays a Python number, of which arrays of float32 are made
        return replace(node, kind="float")
    inner = node.run
    return fixed(Node(lambda env: env.xp.astype(inner(env), env.xp.float32), node.axes, "float", fixed=node.fixed))
