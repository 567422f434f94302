"""What parts of a model cost, for texts and for the chart of the last chapter; the sums are those of ``growth``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cutaway import wire
from cutaway.definition import Module
from cutaway.growth import Costs, Polynomial

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter

__all__ = ["Costs", "Polynomial", "shares"]


def shares(c: Chapter) -> list[wire.Share]:
    """The parts of the model, each with what it costs: before the layers, kinds of parts in them, after them."""
    parts: dict[str, tuple[str, str, str, list[str]]] = {}
    root = c.definition.root
    stacks = [m for m in root.modules if m.path.endswith(".*")]
    seen_stack = False
    for item in root.order:
        if isinstance(item, Module) and item in stacks:
            seen_stack = True
            _of_layers(item, c, parts)
            continue
        label = "Output" if seen_stack or not stacks else "Embedding"
        names = [item.name] if not isinstance(item, Module) else [t.name for t in item.declared()]
        first = names[0]
        parts.setdefault(label, (c.translations(label), "tensor", first, []))[3].extend(names)
    costs, made = c.costs, []
    for label, what, name, names in parts.values():
        unique = list(dict.fromkeys(names))
        adds, read = costs.multiply_adds(unique), costs.bytes(unique)
        made.append(
            wire.Share(label, what, name, costs.parameters(unique), list(adds.coefficients), list(read.coefficients))
        )
    return made


def _of_layers(stack: Module, c: Chapter, parts: dict[str, tuple[str, str, str, list[str]]]) -> None:
    """Parts of the layers by their labels, such as attention and MLP; sums in the stream go with what they add."""
    first = min(stack.layers)
    last: str | None = None
    for item in stack.order:
        if isinstance(item, Module):
            last = item.label
            path = item.path.replace("*", str(first))
            parts.setdefault(last, (c.translations(last), "module", path, []))[3].extend(
                t.name for t in item.declared()
            )
        elif last is not None:
            parts[last][3].append(item.name)
        else:
            label = "Embedding"
            parts.setdefault(label, (c.translations(label), "tensor", item.name, []))[3].append(item.name)
