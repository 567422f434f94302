"""Parts of a model as a chapter speaks of them.

Views know no model. ``block.attn.q`` is the tensor ``q`` of the module ``attn`` of a block; a part can
also be asked for by its kind (``block.attention``), so that a chapter tells its story for every model
that has such parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cutaway.definition import Module, resolve
from cutaway.errors import near_matches
from cutaway.tour.errors import MissingPart, author
from cutaway.tour.selection import Selection
from cutaway.tour.slabs import Slabs
from cutaway.tour.tensor_view import TensorView

if TYPE_CHECKING:
    from cutaway.tour.chapter import Chapter


class ModuleView(Selection):
    """A part of the model. Its tensors and parts are attributes, by short name or by kind."""

    def __init__(self, chapter: Chapter, module: Module, layer: int | None) -> None:
        self.module = module
        self.layer = layer
        self.path = resolve(module.path, layer)
        super().__init__(chapter, self._all_slabs)

    @property
    def kind(self) -> str:
        return self.module.kind

    @property
    def name(self) -> str:
        """Its short name."""
        return self.path.rpartition(".")[2]

    @property
    def label(self) -> str:
        """Its name, with the number of the layer for a block."""
        return f"{self.module.label} {self.layer}" if self.module.path.endswith(".*") else self.module.label

    def _names(self, module: Module) -> Iterator[str]:
        for t in module.tensors:
            if self.layer is None or not t.layers or self.layer in t.layers:
                yield resolve(t.name, self.layer)
        for m in module.modules:
            if not m.path.endswith(".*"):
                yield from self._names(m)

    def _all_slabs(self) -> Slabs:
        places = self.chapter.places
        return Slabs.joined(places.slabs_of(n) for n in self._names(self.module) if n in places.blocks)

    def __contains__(self, short: object) -> bool:
        """Whether there is a tensor or a part of that short name, or a part of that kind."""
        name = str(short)
        if hasattr(type(self), name):  # what its kind says of itself
            return True
        return self._part(name) is not None or self._tensor(name) is not None

    def some(self, *short: str) -> Selection:
        """Those of some tensors and parts that there are, by short name."""
        return self.chapter.together(*(getattr(self, name) for name in short if name in self))

    @property
    def reads(self) -> list[TensorView]:
        """What it is given: activations outside of it that its formulas read, the first one read first."""
        own = dict.fromkeys(self._names(self.module))
        read = dict.fromkeys(x.name for name in own for x in self.chapter.tensor(name).reads)
        tensors = [self.chapter.tensor(name) for name in read if name not in own]
        return [x for x in tensors if x.tensor.role == "activation"]

    @property
    def parameters(self) -> int:
        """How many weights it has, in this layer alone."""
        tensors = [self.chapter.tensor(name).tensor for name in dict.fromkeys(self._names(self.module))]
        return sum(math.prod(a.size for a in t.axes) for t in tensors if t.role == "weight" and not t.declared.tied_to)

    def parts(self, kind: str) -> list[ModuleView]:
        """The parts of a kind that are directly in it."""
        return [self.chapter.module(m, self.layer) for m in self.module.modules if m.kind == kind]

    def tensor(self, short: str) -> TensorView:
        """A tensor by its short name."""
        found = self._tensor(short)
        if found is not None:
            return found
        known = [n.removeprefix(self.path + ".") for n in self._names(self.module)]
        raise MissingPart(
            f"{author()}: {self.path or 'the model'} has no tensor or part {short!r}.{near_matches(short, known)}"
        )

    def __getattr__(self, short: str) -> Any:
        if short.startswith("_"):
            raise AttributeError(short)
        return self._part(short) or self.tensor(short)

    def _part(self, short: str) -> ModuleView | None:
        """The part of a short name, or the first of that kind."""
        parts = [m for m in self.module.modules if not m.path.endswith(".*")]
        own = [m for m in parts if m.path.rsplit(".", 1)[-1] == short]
        found = own or [m for m in parts if m.kind == short]
        return self.chapter.module(found[0], self.layer) if found else None

    def _tensor(self, short: str) -> TensorView | None:
        name = f"{self.path}.{short}" if self.path else short
        return self.chapter.tensor(name) if name in self.chapter.definition.tensors else None

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}>"
