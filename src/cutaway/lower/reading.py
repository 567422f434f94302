"""Lowers the reading of a tensor: all of it as it is, slices at an index, or single cells."""

from __future__ import annotations

from cutaway.formula import Axis, Cell, Kind, kind_of
from cutaway.lower.nodes import Array, Env, Node, Run, expanded, fits, in_range, same, size_of
from cutaway.lower.scope import Scope


def reading(scope: Scope, e: Cell) -> Node:
    slot = scope.read(e.tensor)
    scope.whole.add(slot)
    kind = kind_of(e)
    plain = [isinstance(i, Axis) and fits(i, own) for i, own in zip(e.indices, e.tensor.axes, strict=True)]
    if all(plain) and len({id(i) for i in e.indices}) == len(e.indices):
        return _plain(scope, e, slot, kind)
    indices = [scope.node(i) for i in e.indices]
    safe = [in_range(n, i, own) for n, i, own in zip(indices, e.indices, e.tensor.axes, strict=True)]
    looked_up = [place for place, is_plain in enumerate(plain) if not is_plain]
    if len(looked_up) == 1:  # an embedding, a shared key head, a neighbouring channel: slices are taken at once
        (place,) = looked_up
        whole = [i for i, is_plain in zip(e.indices, plain, strict=True) if isinstance(i, Axis) and is_plain]
        own = [axis for axis, is_plain in zip(e.tensor.axes, plain, strict=True) if is_plain]
        if all(map(same, whole, own)) and len(set(whole)) == len(whole) and not set(whole) & set(indices[place].axes):
            return _slices(scope, slot, place, safe[place], indices[place].axes, whole, kind)
    axes = scope.sorted({a for n in indices for a in n.axes})
    runs = [expanded(run, n, axes) for run, n in zip(safe, indices, strict=True)]

    def gather(env: Env) -> Array:
        return env.arrays[slot][tuple(run(env) for run in runs)]

    return Node(gather, axes, kind)


def _slices(
    scope: Scope, slot: int, place: int, index: Run, index_axes: tuple[Axis, ...], whole: list[Axis], kind: Kind
) -> Node:
    """A tensor read whole along all axes but one, where an index says which slices to take."""
    loaded = (*whole[:place], *index_axes, *whole[place:])
    axes = scope.sorted(set(loaded))
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


def _plain(scope: Scope, e: Cell, slot: int, kind: Kind) -> Node:
    variables = [i for i in e.indices if isinstance(i, Axis)]
    axes = scope.sorted(set(variables))
    order = tuple(variables.index(a) for a in axes)
    straight = order == tuple(range(len(order)))
    cut = [not same(i, own) for own, i in zip(e.tensor.axes, variables, strict=True)]

    def load(env: Env) -> Array:
        value = env.arrays[slot]
        if any_cut:
            value = value[tuple(slice(0, size_of(i, env)) for i in variables)]
        return value if straight else env.xp.permute_dims(value, order)

    any_cut = any(cut)
    if straight and not any_cut:
        return Node(lambda env: env.arrays[slot], axes, kind)
    return Node(load, axes, kind)
