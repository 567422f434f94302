"""Lowering: from the formula of one cell to operations on whole arrays.

Third stage. A formula is translated once into a tree of small closures; running it costs little more
than the array operations themselves. ``Sum`` of a product of two tensors becomes one matrix product
(BLAS); everything else broadcasts. Written against the Python array API standard, so NumPy and torch
(CPU, CUDA, autograd) run the same code.

Rejected: ``einsum`` (not in the standard, and slow to parse for small arrays); generating Python
source (as fast, harder to read).
"""

from __future__ import annotations

from cutaway.lower.nodes import Env, Lowered, Node, Run
from cutaway.lower.translate import lower

__all__ = ["Env", "Lowered", "Node", "Run", "lower"]
