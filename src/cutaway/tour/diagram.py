"""The diagram of the architecture that is the table of contents: generated from the definition.

One node for each part in order of computation; repeated layers are one node with their number; a sum
that goes on in the residual stream is a *join*.
"""

from __future__ import annotations

from collections.abc import Callable

from cutaway import wire
from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import Apply, Cell


def diagram_of(definition: Definition, translated: Callable[[str], str]) -> list[wire.DiagramNode]:
    """The nodes of the whole model, from the tokens to the probabilities."""
    return _nodes(definition.root, translated)


def _nodes(module: Module, translated: Callable[[str], str]) -> list[wire.DiagramNode]:
    made: list[wire.DiagramNode] = []
    seen: set[str] = set()
    for item in module.order:
        if isinstance(item, Tensor):
            if item.name in seen or item.role in ("weight", "statistic") or _is_copy(item):
                continue
            seen.add(item.name)
            what = "join" if _is_join(item) else "tensor"
            made.append(wire.DiagramNode(translated(item.label), what, item.name))
        elif item.path.endswith(".*"):
            if item.path not in seen:
                seen.add(item.path)
                count = sum(len(m.layers) for m in module.modules if m.path == item.path)
                made.append(
                    wire.DiagramNode(translated(item.label), "stack", item.path, _nodes(item, translated), count)
                )
        else:
            made.append(wire.DiagramNode(translated(item.label), "module", item.path))
    return made


def _is_join(t: Tensor) -> bool:
    """Whether a tensor is the sum of two tensors, cell by cell."""
    f = t.formula
    return (
        isinstance(f, Apply)
        and f.op == "+"
        and all(isinstance(a, Cell) and a.indices == t.axes and len(a.tensor.axes) == len(t.axes) for a in f.args)
    )


def _is_copy(t: Tensor) -> bool:
    """Whether a tensor repeats another one under a name of its own."""
    return isinstance(t.formula, Cell) and t.formula.indices == t.axes == t.formula.tensor.axes
