"""Element-wise functions by their name in a Transformers configuration; each expands to plain formulas."""

from __future__ import annotations

import math
from collections.abc import Callable

from cutaway.formula import Expr, erf, exp, maximum, sqrt, tanh


def gelu(x: Expr) -> Expr:
    """Gaussian error linear unit, exact form (Hendrycks and Gimpel 2016, arXiv:1606.08415)."""
    return 0.5 * x * (1.0 + erf(x / math.sqrt(2)))


def gelu_new(x: Expr) -> Expr:
    """GELU in its tanh approximation, as GPT-2 uses it (same paper, section 2)."""
    return 0.5 * x * (1.0 + tanh(sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def sigmoid(x: Expr) -> Expr:
    """``1 / (1 + exp(-x))``."""
    return 1.0 / (1.0 + exp(-x))


def silu(x: Expr) -> Expr:
    """Sigmoid linear unit, ``x * sigmoid(x)`` (same paper as GELU, section 4)."""
    return x / (1.0 + exp(-x))


def relu(x: Expr) -> Expr:
    """Rectified linear unit."""
    return maximum(x, 0.0)


def soft_capped(x: Expr, cap: float | None) -> Expr:
    """``x``, bent so that it stays between ``-cap`` and ``cap`` (Gemma 2, arXiv:2408.00118, section 2)."""
    return x if cap is None else cap * tanh(x / cap)


ACTIVATIONS: dict[str, Callable[[Expr], Expr]] = {
    "gelu": gelu,
    "gelu_new": gelu_new,
    "gelu_fast": gelu_new,
    "gelu_pytorch_tanh": gelu_new,
    "silu": silu,
    "swish": silu,
    "relu": relu,
}
"""Element-wise functions by their name in a Transformers configuration."""
