"""One operation on numbers: what ``formula.OPS`` mean, for Python numbers and for NumPy arrays.

The lowering uses it for lengths and constants, which stay Python numbers so that they never widen
float32; explanations use it for the cells they read. Both follow IEEE 754, where Python's own
functions would raise or give complex numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _erf(x: Any) -> Any:
    from scipy.special import erf  # takes longer to import than all else, and few models need it

    return erf(x)


INFIX: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
}
"""Operations that Python writes the same for numbers and for arrays of any library."""

NAMED = ("exp", "sqrt", "log", "tanh", "sin", "cos")

SCALAR: dict[str, Callable[..., Any]] = {
    **INFIX,
    "neg": lambda a: -a,
    "abs": abs,
    "min": lambda a, b: a if a <= b or a != a else b,  # NaN wins, as in arrays
    "max": lambda a, b: a if a >= b or a != a else b,
    "not": lambda a: not a,
    "where": lambda c, a, b: a if c else b,
    "erf": math.erf,
    **{name: getattr(math, name) for name in NAMED},
}

VECTOR: dict[str, Callable[..., Any]] = {
    **INFIX,
    "neg": np.negative,
    "abs": np.abs,
    "min": np.minimum,
    "max": np.maximum,
    "not": np.logical_not,
    "where": np.where,
    "erf": _erf,
    **{name: getattr(np, name) for name in NAMED},
}


def scalar(op: str, *values: Any) -> Any:
    """``op`` on Python numbers."""
    try:
        result = SCALAR[op](*values)
    except (OverflowError, ValueError, ZeroDivisionError):
        result = None
    if result is None or isinstance(result, complex):
        return vector(op, *(np.float64(v) for v in values)).item()
    return result


def vector(op: str, *values: Any) -> Any:
    """``op`` on NumPy arrays, or on arrays and numbers."""
    with np.errstate(all="ignore"):
        return VECTOR[op](*values)
