"""Relative positions as in T5 (Raffel et al. 2019, arXiv:1910.10683, section 2.1): scores depend on how far apart
two tokens are, through a small table. Near distances have a row each; farther ones share rows, the more of
them the farther away they are."""

from __future__ import annotations

from functools import reduce

from cutaway.definition import Module, Tensor
from cutaway.formula import Axis, Expr, maximum, minimum, where


def bucket_edges(buckets: int, farthest: int) -> tuple[int, list[int]]:
    """How many distances have a bucket of their own, and the distance at which each further bucket begins.

    The upper half of the buckets divides the distances up to ``farthest`` evenly on a logarithmic scale. The
    edges are worked out in whole numbers, so that no rounding decides between two buckets.
    """
    exact = buckets // 2
    shared = buckets - exact
    edges: list[int] = []
    distance = exact
    for step in range(1, shared):  # distance / exact >= (farthest / exact) ** (step / shared)
        while distance**shared * exact**step < farthest**step * exact**shared:
            distance += 1
        edges.append(distance)
    return exact, edges


def relative_bias(m: Module, t: Axis, s: Axis, head: Axis, *, bucket: Axis, farthest: int, causal: bool) -> Tensor:
    """What is added to the score of query token ``t`` and key token ``s``: ``bias[h, t, s]``.

    Declares ``W[b, h]``, the whole numbers ``distance[t, s]`` and ``bucket[t, s]``, and the result. ``causal``:
    only tokens before count; else half of the buckets are for tokens that follow.
    """
    w = m.weight("W", [bucket, head], label="bias by distance", latex=r"W^{\mathrm{rel}}", about="One row per bucket.")
    distance = m.activation(
        "distance",
        [t, s],
        maximum(t - s, 0) if causal else maximum(t - s, s - t),
        integer=True,
        label="distance",
        about="How many tokens back" + ("; 0 for those that follow." if causal else ", or ahead."),
    )
    n = distance[t, s]
    exact, edges = bucket_edges(bucket.size if causal else bucket.size // 2, farthest)
    far: list[Expr] = [where(n >= edge, 1, 0) for edge in edges]
    number: Expr = reduce(lambda a, b: a + b, [minimum(n, exact), *far])
    if not causal:
        number = number + where(s > t, bucket.size // 2, 0)
    row = m.activation(
        "bucket",
        [t, s],
        number,
        integer=True,
        label="bucket",
        about=f"Which row is for this distance: below {exact} each has its own, farther ones share"
        + ("." if causal else "; tokens that follow have rows of their own."),
    )
    return m.activation(
        "bias",
        [head, t, s],
        w[row[t, s], head],
        label="position bias",
        about="What the distance adds to the score, in each head.",
    )
