"""What each kind of part of a model costs: its embedding, attention, norms, MLPs, experts, head.

For the card of a model and for comparing two of them part by part. The parts are the kinds of its modules, so
that those of different families stand in one row; the sums are those of ``growth``, so that they add up to the
totals of ``cost``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Reduce
from cutaway.growth import Costs, Polynomial

LABELS: dict[str, str] = {
    "embedding": "Embedding",
    "position": "Positions",
    "norm": "Norms",
    "attention": "Attention",
    "mlp": "MLP",
    "router": "Router",
    "experts": "Experts",
    "stream": "Residual stream",
    "head": "Head",
}
"""Kinds of parts in the order in which they are listed, and what they are called; others follow."""

KEPT_APART = frozenset({"norm", "position"})
"""Kinds of modules that are parts of their own wherever they stand."""


@dataclass(frozen=True, slots=True)
class Part:
    """All that a model has of one kind of part."""

    kind: str
    label: str
    parameters: int
    active_parameters: int
    """Parameters that one token reads."""
    multiply_adds: Polynomial
    """Of one forward pass."""
    bytes: Polynomial
    """Of every weight read once and every value written once, in float32."""


def breakdown(definition: Definition) -> list[Part]:
    """The parts of a model; together they are all of it."""
    costs, names = Costs(definition), dict.fromkeys(LABELS, "")
    of: dict[str, list[str]] = {kind: [] for kind in names}
    labels = dict(LABELS)
    for name, (kind, label) in part_of_tensors(definition).items():
        of.setdefault(kind, []).append(name)
        labels.setdefault(kind, label)
    return [
        Part(
            kind,
            labels[kind],
            costs.parameters(members),
            costs.active_parameters(members),
            costs.multiply_adds(members),
            costs.bytes(members),
        )
        for kind, members in of.items()
        if members
    ]


def part_of_tensors(definition: Definition) -> dict[str, tuple[str, str]]:
    """Kind and label of the part that each declared tensor belongs to, in order of computation."""
    root, found = definition.root, dict[str, tuple[str, str]]()
    layered = [k for k, item in enumerate(root.order) if isinstance(item, Module) and _has_layers(item)]
    last = layered[-1] if layered else len(root.order)
    for k, item in enumerate(root.order):
        outside = "embedding" if k <= last else "head"
        if isinstance(item, Tensor):
            found.setdefault(item.name, (outside, ""))
        elif k in layered:
            for body in _bodies(item):
                _of_layer(body, found)
        else:
            for part, t in _owned(item):
                own = part.kind in KEPT_APART
                found.setdefault(t.name, (part.kind, part.label) if own else (outside, ""))
    return found


def _has_layers(module: Module) -> bool:
    return any(m.path.endswith(".*") for m in module.walk())


def _bodies(module: Module) -> Iterator[Module]:
    """The bodies of layers in a module, and what else it holds."""
    if module.path.endswith(".*"):
        yield module
        return
    for item in module.order:
        if isinstance(item, Module):
            yield from _bodies(item) if _has_layers(item) else [item]
    loose = Module(module.path, label=module.label, kind=module.kind)
    loose.order = [item for item in module.order if isinstance(item, Tensor)]
    yield loose


def _of_layer(body: Module, found: dict[str, tuple[str, str]]) -> None:
    """The tensors of one layer. What stands outside its modules goes with the module whose products it adds up;
    what adds up nothing, such as the sum in the stream, is the stream."""
    inside: dict[str, tuple[str, str]] = {}
    for part, t in _owned(body):
        if part is not body or body.kind in KEPT_APART:
            has_experts = any(m.kind == "experts" for m in part.modules)
            inside[t.name] = ("router", "") if has_experts else (part.kind, part.label)
    for t in (item for item in body.order if isinstance(item, Tensor) and item.name not in inside):
        inside[t.name] = _adds_up(t, inside) or ("stream", "")
    for name, part in inside.items():
        found.setdefault(name, part)


def _adds_up(t: Tensor, known: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The part that has the terms of a sum in the formula of ``t``."""
    if not any(isinstance(e, Reduce) for e in t.nodes):
        return None
    read = [known[c.tensor.name] for c in t.reads if c.tensor.name in known]
    return next((part for part in reversed(read) if part[0] not in KEPT_APART), None)


def _owned(module: Module) -> Iterator[tuple[Module, Tensor]]:
    """Every declared tensor of a module and below, with the module that declares it."""
    for m in module.walk():
        for t in m.tensors:
            yield m, t
