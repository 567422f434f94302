"""Element-wise functions by their name in a Transformers configuration; each expands to plain formulas."""

from __future__ import annotations

import math
from collections.abc import Callable

from cutaway.formula import Expr, erf, exp, log, maximum, minimum, sqrt, tanh, where


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


def quick_gelu(x: Expr) -> Expr:
    """GELU approximated by a sigmoid (same paper, section 2)."""
    return x * sigmoid(1.702 * x)


def mish(x: Expr) -> Expr:
    """Misra 2019, arXiv:1908.08681."""
    return x * tanh(log(1.0 + exp(x)))


def laplace(x: Expr) -> Expr:
    """A squared ReLU with bounds (Ma et al. 2022, arXiv:2209.10655, section 3.3)."""
    return 0.5 * (1.0 + erf((x - 0.707107) / (0.282095 * math.sqrt(2))))


def clipped(x: Expr, low: float, high: float) -> Expr:
    """``x``, but at least ``low`` and at most ``high``."""
    return minimum(maximum(x, low), high)


ACTIVATIONS: dict[str, Callable[[Expr], Expr]] = {
    "gelu": gelu,
    "gelu_10": lambda x: clipped(gelu(x), -10.0, 10.0),
    "gelu_accurate": gelu_new,
    "gelu_fast": gelu_new,
    "gelu_new": gelu_new,
    "gelu_python": gelu,
    "gelu_python_tanh": gelu_new,
    "gelu_pytorch_tanh": gelu_new,
    "hardswish": lambda x: x * clipped(x + 3.0, 0.0, 6.0) / 6.0,
    "laplace": laplace,
    "leaky_relu": lambda x: where(x > 0.0, x, 0.01 * x),
    "linear": lambda x: x,
    "mish": mish,
    "quick_gelu": quick_gelu,
    "relu": relu,
    "relu2": lambda x: relu(x) ** 2,
    "relu6": lambda x: clipped(x, 0.0, 6.0),
    "sigmoid": sigmoid,
    "silu": silu,
    "swish": silu,
    "tanh": tanh,
}
"""Element-wise functions by their name in a Transformers configuration."""

_CALLED = {
    "hardswish": "hard swish", "laplace": "Laplace", "leaky_relu": "leaky ReLU", "linear": "the identity",
    "mish": "Mish", "quick_gelu": "quick GELU", "relu": "ReLU", "relu2": "squared ReLU", "relu6": "ReLU6",
    "sigmoid": "sigmoid", "silu": "SiLU", "swish": "SiLU", "tanh": "tanh",
}  # fmt: skip
_DOES = {
    "GELU": "what is positive passes, what is negative hardly does",
    "quick GELU": "what is positive passes, what is negative hardly does",
    "SiLU": "what is positive passes, what is negative hardly does",
    "Mish": "what is positive passes, what is negative hardly does",
    "ReLU": "what is positive passes, what is negative becomes 0",
}


def activation_name(name: str) -> str:
    """What the field calls an activation function of a Transformers configuration."""
    return _CALLED.get(name, "GELU")


def activation_word(name: str) -> str:
    """The same for a label: the usual ones by their names, so that labels stay few (and translated)."""
    called = activation_name(name)
    return called if called in ("GELU", "SiLU", "ReLU") else "activation"


def after_activation(what: str, name: str) -> str:
    """A sentence on what an activation function does to something."""
    called = activation_name(name)
    return f"{what} after {called}: {_DOES[called]}." if called in _DOES else f"{what} after {called}."
