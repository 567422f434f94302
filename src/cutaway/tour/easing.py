"""Easings: how a value goes from one key to the next. Polynomials, so that every machine agrees.

``client/src/timeline/easing.ts`` has the same; golden samples hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable

EASINGS: dict[str, Callable[[float], float]] = {
    "hold": lambda u: 0.0 if u < 1 else 1.0,
    "linear": lambda u: u,
    "smooth": lambda u: u * u * (3 - 2 * u),
    "in": lambda u: u * u,
    "out": lambda u: u * (2 - u),
}
"""Name to a function from [0, 1] to [0, 1]."""
