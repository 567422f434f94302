"""Where a weight stands in a checkpoint, stated by its architecture as an einops pattern.

``Placed`` says orientation and fused projections declaratively; the same statement gives the view on the stored array,
the shape it must have, and the index there of any one cell. ``checkpoints`` reads files by it, ``save`` writes them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import einops
import numpy as np

from cutaway.errors import CheckpointError
from cutaway.formula import Axis, Expr


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a tensor stands: the ``key`` in the file and an einops ``pattern`` from the file's axes to ours.

    ``select`` fixes axes of the result that are not ours, such as which part of a fused projection. This
    is the second part of three:
    ``Placed("h.*.attn.c_attn.weight", "c (qkv h a) -> qkv h c a", {"qkv": (1, 3)})``.

    ``within`` says that an axis of ours is one of several unequal parts of the file's axis. This is the
    second part of an axis that holds all ``h``, then all ``g``, then all ``g`` again:
    ``Placed("layers.*.qkv_proj.weight", "(g a) c -> g c a", within={"g": (1, "h g g")})``.

    A ``{e}`` in the key stands for the position along our first axis, ``e``, when there is one array for
    each; the pattern is then that of one of them.
    """

    key: str
    pattern: str
    select: dict[str, tuple[int, int]] = field(default_factory=dict)
    within: dict[str, tuple[int, str]] = field(default_factory=dict)
    also: str | None = None
    """Another key, under which some checkpoints have it."""

    @property
    def stacked(self) -> str | None:
        """The axis of ours along which each position has an array of its own in the file."""
        return self.key[self.key.index("{") + 1 : self.key.index("}")] if "{" in self.key else None

    def without_first(self) -> Placed | None:
        """The placement of one position along our first axis; none if the file does not keep those apart."""
        if self.stacked is not None:
            return replace(self, key=self.key.replace(f"{{{self.stacked}}}", "0"))
        first = next(name for name in self.target_names if name not in self.select)
        source, target = self.pattern.split("->")
        if self.source_groups[0] != [first] or first in self.within:
            return None
        kept = " ".join(name for name in target.split() if name != first)
        return replace(self, pattern=f"{source.split(maxsplit=1)[1]}-> {kept}")

    @property
    def source_groups(self) -> list[list[str]]:
        """The axes of the file, each as the list of names that are fused in it."""
        return [[g] if isinstance(g, str) else list(g) for g in _groups(self.pattern.split("->")[0])]

    @property
    def target_names(self) -> list[str]:
        return self.pattern.split("->")[1].split()

    def variables(self, axes: Sequence[Axis]) -> dict[str, Axis]:
        """Our axes by their letters in the pattern, which need not be their names: the order tells."""
        ours = [name for name in self.target_names if name not in self.select]
        return dict(zip(ours, axes[1:] if self.stacked else axes, strict=True))

    def lengths(self, axes: Sequence[Axis], sizes: Mapping[str, int]) -> dict[str, int]:
        """Length in the file of every letter of the pattern; ``sizes``: of all axes of the definition, by name."""
        own = {name: axis.size for name, axis in self.variables(axes).items()}
        whole = {name: sum(sizes[n] for n in parts.split()) for name, (_, parts) in self.within.items()}
        return {**own, **{name: parts for name, (_, parts) in self.select.items()}, **whole}

    def starts(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Where our part of a file's axis begins, for each letter in ``within``."""
        return {name: sum(sizes[n] for n in parts.split()[:part]) for name, (part, parts) in self.within.items()}

    def stored_shape(self, axes: Sequence[Axis], sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape in the file of a tensor with these axes (of one of its arrays, if there are several)."""
        known = self.lengths(axes, sizes)
        return tuple(math.prod(known[n] for n in group) for group in self.source_groups)

    def view(self, stored: np.ndarray, axes: Sequence[Axis], sizes: Mapping[str, int]) -> np.ndarray:
        """Our tensor as a view on the stored array. Raises ``CheckpointError`` if the shapes do not fit."""
        known, expected = self.lengths(axes, sizes), self.stored_shape(axes, sizes)
        if stored.shape != expected:
            raise CheckpointError(f"{self.key}: expected shape {list(expected)}, found {list(stored.shape)}")
        value = einops.rearrange(
            stored, self.pattern, **{n: known[n] for g in self.source_groups if len(g) > 1 for n in g}
        )
        chosen: dict[str, int | slice] = {name: part for name, (part, _) in self.select.items()}
        own = self.variables(axes)
        chosen |= {name: slice(start, start + own[name].size) for name, start in self.starts(sizes).items()}
        return value[tuple(chosen.get(name, slice(None)) for name in self.target_names)]

    def indices(self, axes: Sequence[Axis], sizes: Mapping[str, int]) -> list[Expr]:
        """The index in the file of one cell of ours, in terms of our axes."""
        known, starts, variables = self.lengths(axes, sizes), self.starts(sizes), self.variables(axes)
        found: list[Expr] = []
        for group in self.source_groups:
            stride, fixed, terms = 1, 0, []
            for name in reversed(group):
                if name in self.select:
                    fixed += self.select[name][0] * stride
                else:
                    fixed += starts.get(name, 0) * stride
                    terms.insert(0, variables[name] * stride if stride > 1 else variables[name])
                stride *= known[name]
            e: Expr = reduce(lambda x, y: x + y, terms)
            found.append(e + fixed if fixed else e)
        return found


def _groups(side: str) -> list[str | tuple[str, ...]]:
    groups: list[str | tuple[str, ...]] = []
    for k, part in enumerate(side.replace("(", "|").replace(")", "|").split("|")):
        groups.extend([tuple(part.split())] if k % 2 else part.split())
    return groups
