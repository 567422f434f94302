"""Easings: how a value goes from one key to the next. The same as ``client/src/timeline/easing.ts``.

Most are polynomials. ``zoom RATIO`` is for places of the camera while it comes nearer by that ratio (a natural
logarithm): with it, what is in the middle at the end is never out of view on the way there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

EASINGS: dict[str, Callable[[float], float]] = {
    "hold": lambda u: 0.0 if u < 1 else 1.0,
    "linear": lambda u: u,
    "smooth": lambda u: u * u * (3 - 2 * u),
    "in": lambda u: u * u,
    "out": lambda u: u * (2 - u),
}
"""Name to a function from [0, 1] to [0, 1]."""

ZOOM = "zoom "
LEAST_RATIO = 0.01
"""Below it a zoom is none."""


@cache
def easing(name: str) -> Callable[[float], float]:
    """The easing of a name. Raises ``KeyError`` when there is none."""
    if not name.startswith(ZOOM):
        return EASINGS[name]
    ratio = float(name.removeprefix(ZOOM))
    smooth = EASINGS["smooth"]
    return lambda u: math.expm1(ratio * smooth(u)) / math.expm1(ratio)


def zoom(ratio: float) -> str:
    """The easing for places while the extent in view grows by ``exp(ratio)``, evenly to the eye."""
    ratio = round(ratio, 2)
    return "smooth" if abs(ratio) < LEAST_RATIO else f"{ZOOM}{ratio:g}"
