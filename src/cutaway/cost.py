"""Cost of a forward pass, read off the formulas: parameters, multiply-adds, bytes.

A multiply-add is one term of a sum of products; element-wise operations are not counted, as is usual
for transformer arithmetic (Kaplan et al. 2020, arXiv:2001.08361, section 2.1). Layers that are alike
are counted once and multiplied.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cutaway.definition import Definition, Tensor
from cutaway.formula import Axis, Expr, Reduce, children, factors, nested_sum
from cutaway.traffic import active_cells, cache_cells

FLOAT32_BYTES = 4
CACHE_BYTES = 2
"""Bytes of a number in a key/value cache: 16 bits, as is usual, also where weights are stored in fewer."""


@dataclass(frozen=True, slots=True)
class TensorCost:
    """Cost of one declared tensor, all its layers together."""

    name: str
    """With ``*`` for the layer when there are several."""
    copies: int
    cells: int
    parameters: int
    active_parameters: int
    """Parameters that one token reads: of tables, and of experts, only what it looks up."""
    multiply_adds: int
    bytes: int
    """Bytes of a weight read once, or of an activation written once, in float32; of a tied weight none."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of one forward pass over ``tokens`` tokens."""

    tokens: int
    tensors: list[TensorCost]
    cache_bytes_per_token: int
    """Bytes to keep of each token so that later ones need not compute it again, in 16-bit numbers. Where a decoder
    reads a prompt of its own stack: of one token of the prompt and one that was written, together."""
    cache_bytes_full: int
    """The same of a text as long as the context; of layers with a window no more tokens than it holds."""

    @property
    def parameters(self) -> int:
        return sum(t.parameters for t in self.tensors)

    @property
    def active_parameters(self) -> int:
        """Parameters that one token reads: all but the rows of tables, and the experts, that it does not look up."""
        return sum(t.active_parameters for t in self.tensors)

    @property
    def multiply_adds(self) -> int:
        return sum(t.multiply_adds for t in self.tensors)

    @property
    def bytes(self) -> int:
        return sum(t.bytes for t in self.tensors)

    def __repr__(self) -> str:
        return (
            f"Cost(tokens={self.tokens}, parameters={self.parameters:,}, "
            f"active_parameters={self.active_parameters:,}, "
            f"multiply_adds={self.multiply_adds:,}, bytes={self.bytes:,})"
        )


def cost_of(definition: Definition, tokens: int, decoder: int | None = None) -> Cost:
    """The cost of every declared tensor of ``definition`` for a prompt of ``tokens`` tokens.

    ``decoder``: how many tokens the decoder reads, where it is a stack of its own; as many unless given. Pairs of
    tokens that a mask leaves out are counted, as they are computed: the whole square, not the half, nor the strip of
    a window.
    """
    kept = (n * CACHE_BYTES for n in cache_cells(definition, 1, definition.true_context))
    return Cost(tokens, next(tensor_costs(definition, definition.lengths(tokens, decoder))), *kept)


def tensor_costs(definition: Definition, *runs: Mapping[str, int]) -> Iterator[list[TensorCost]]:
    """The costs of every declared tensor, of each of some runs by the lengths of their inputs."""
    active = active_cells(definition)
    for lengths in runs:
        yield [_tensor_cost(t, lengths, active.get(t, 0)) for t in definition.root.declared()]


def _tensor_cost(t: Tensor, lengths: Mapping[str, int], active: int) -> TensorCost:
    copies = len(t.layers) or 1
    cells = _cells(t.axes, lengths) * copies
    stored = 0 if t.tied_to else cells
    adds = 0 if t.formula is None else _multiply_adds(t.formula, lengths, _cells(t.axes, lengths)) * copies
    return TensorCost(t.name, copies, cells, stored if t.role == "weight" else 0, active, adds, stored * FLOAT32_BYTES)


def _cells(axes: Sequence[Axis], lengths: Mapping[str, int]) -> int:
    return math.prod(a.length_in(lengths) for a in axes)


def _multiply_adds(e: Expr, lengths: Mapping[str, int], times: int) -> int:
    """Terms of sums of products in ``e``, which is evaluated ``times`` times."""
    if isinstance(e, Reduce):
        axes, body = nested_sum(e)
        inner = times * _cells(axes, lengths)
        product = e.op == "sum" and len(factors(body)) > 1
        return (inner if product else 0) + _multiply_adds(body, lengths, inner)
    return sum(_multiply_adds(child, lengths, times) for child in children(e))
