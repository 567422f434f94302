"""Choosing the next token: greedy, temperature, top-k, top-p; the same in the browser.

The random number is a function of the seed and of the position, not of a generator's history, so that
a step gives the same token wherever and whenever it is taken. ``client/src/formula/sampling.ts``
follows this file; golden cases hold the two together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cutaway.errors import SettingError

_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen from the logits.

    ``temperature`` divides the logits; 0 is greedy. ``top_k`` keeps the k most likely tokens, ``top_p``
    the fewest whose chances add up to at least p (Holtzman et al. 2020, arXiv:1904.09751).
    """

    temperature: float = 0.0
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise SettingError(f"temperature must be zero or more, got {self.temperature}")
        if self.top_k is not None and self.top_k < 1:
            raise SettingError(f"top_k must be 1 or more, got {self.top_k}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise SettingError(f"top_p must be above 0 and at most 1, got {self.top_p}")
        if not 0 <= self.seed <= _MASK:
            raise SettingError(f"seed must be from 0 to {_MASK}, got {self.seed}")


def uniform(seed: int, position: int) -> float:
    """A number in [0, 1) that depends on ``seed`` and ``position`` only.

    Two rounds of the 32-bit finalizer of MurmurHash3 (Appleby 2011, public domain).
    """
    x = (seed ^ (position * 0x9E3779B9)) & _MASK
    for _ in range(2):
        x ^= x >> 16
        x = (x * 0x85EBCA6B) & _MASK
        x ^= x >> 13
        x = (x * 0xC2B2AE35) & _MASK
        x ^= x >> 16
    return x / 2**32


def chances(logits: Sequence[float], how: Sampling) -> list[tuple[int, float]]:
    """The tokens that can be chosen with their probabilities, most likely first; ties by token id.

    ``logits``: [vocabulary]. NaN counts as impossible.
    """
    scores = [-math.inf if math.isnan(x) else float(x) for x in logits]
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    if how.temperature == 0 or not math.isfinite(scores[order[0]]):
        return [(order[0], 1.0)]
    top = scores[order[0]]
    kept = order[: how.top_k]
    weights = [math.exp((scores[i] - top) / how.temperature) for i in kept]
    total = math.fsum(weights)
    result: list[tuple[int, float]] = []
    reached = 0.0
    for i, w in zip(kept, weights, strict=True):
        result.append((i, w / total))
        reached += w / total
        if how.top_p is not None and reached >= how.top_p:
            break
    norm = math.fsum(p for _, p in result)
    return [(i, p / norm) for i, p in result]


def choose(logits: Sequence[float], how: Sampling, *, position: int) -> int:
    """The token that follows ``position`` tokens."""
    candidates = chances(logits, how)
    u, reached = uniform(how.seed, position), 0.0
    for token, p in candidates:
        reached += p
        if u < reached:
            return token
    return candidates[-1][0]
