"""A run whose values are given, and what golden files hold of it: its definition, what is said of a cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from cutaway import wire
from cutaway.bundle import wire_expr
from cutaway.definition import BoundTensor, Definition, Tensor, resolve
from cutaway.explain import Explanation
from cutaway.formula import Expr, length

TERMS_KEPT = 4
"""Terms of a sum in the files: the largest, in order. The rest would be most of the bytes."""


class StoredRun:
    """A run whose values are given, as an explanation reads it."""

    def __init__(
        self,
        definition: Definition,
        tokens: list[int],
        values: Mapping[str, np.ndarray],
        decoder: Sequence[int] = (),
    ) -> None:
        self.model = self
        self.definition = definition
        self.tensors = definition.tensors
        self.tokens = tokens
        self.lengths = definition.lengths(len(tokens), len(decoder))
        self.values = values

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[name]

    def origin(self, tensor: BoundTensor) -> tuple[str, list[Any]]:
        """Stands for the checkpoint: where it says its weights come from."""
        text, indices = placed(tensor.declared)
        return resolve(text, tensor.layer), indices


def placed(tensor: Tensor) -> tuple[str, list[Expr]]:
    """Where a given tensor would stand: as the second half of a fused axis, or as one array for each
    position of its first axis, so that its index in the file differs."""
    first, *rest = tensor.axes
    if len(rest) > 1:
        return f"golden.safetensors: {tensor.name}.{{0}}.part", [first, *rest]
    return f"golden.safetensors: {tensor.name}", [first + length(first), *rest]


def model_to_wire(definition: Definition) -> dict[str, Any]:
    """The tensors and axes of the wire format; the rest of ``wire.Model`` plays no part in explanations."""
    tensors = [
        wire.Tensor(
            name=t.name,
            label=t.label,
            axes=[a.name for a in t.axes],
            role=t.role,
            formula=None if t.formula is None else wire_expr(t.formula),
            layers=list(t.layers),
            integer=t.integer,
            origin=None if t.formula is not None else origin_to_wire(t),
            latex=t.latex,
        )
        for t in definition.root.declared()
    ]
    axes = [wire.Axis(a.name, a.kind, a.size, a.length_of) for a in definition.axes]
    inputs = {"tokens": definition.tokens, "decoder": definition.decoder}
    return msgspec.to_builtins({"name": definition.name, **inputs, "axes": axes, "tensors": tensors})


def origin_to_wire(tensor: Tensor) -> wire.Origin:
    text, indices = placed(tensor)
    return wire.Origin(text, [wire_expr(i) for i in indices])


def explained(explanation: Explanation) -> dict[str, Any]:
    """An explanation as JSON, with its value worked out again and only the largest terms."""
    data = explanation.to_dict()
    for total in data["sums"]:
        total["count"] = len(total["terms"])
        total["terms"] = total["terms"][:TERMS_KEPT]
    return finite({**data, "evaluated": explanation.evaluate()})


def finite(x: Any) -> Any:
    """With infinities and NaN as words, which JSON can hold."""
    if isinstance(x, dict):
        return {key: finite(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [finite(value) for value in x]
    return str(x) if isinstance(x, float) and not math.isfinite(x) else x
