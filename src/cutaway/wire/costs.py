"""What a model costs, in all and by kind of part."""

from __future__ import annotations

import msgspec


class Cost(msgspec.Struct, frozen=True):
    """What one forward pass over the full context costs."""

    parameters: int
    active_parameters: int
    """Parameters that one token reads: of tables, and of experts, only what it looks up."""
    multiply_adds: int
    bytes: int
    """Bytes of every weight read and every value written, float32."""
    cache_bytes_per_token: int
    """Bytes kept of each token so that later ones need not compute it again, in 16-bit numbers."""
    cache_bytes_full: int
    """The same of a text as long as the context; of layers with a window no more tokens than it holds."""
    tokens: int


class Part(msgspec.Struct, frozen=True):
    """What a model has of one kind of part. The parts of a model add up to its ``Cost``."""

    kind: str
    """For example ``attention``: the same in every model, so that parts can be set side by side."""
    label: str
    parameters: int
    active_parameters: int
    """Parameters that one token reads."""
    multiply_adds: list[int]
    """Of a pass, as a polynomial of the number of tokens: coefficients, the constant first."""
    bytes: list[int]
    """Of every weight read and every value written, float32; likewise."""
