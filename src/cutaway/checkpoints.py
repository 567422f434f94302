"""Weights from a checkpoint, each read when it is asked for: views of the memory-mapped file where that is possible.

An architecture's ``Placed`` statements, see ``placement``, say which arrays these are; here they are held against the
file, and say where one cell was read from. Only safetensors are read: a pickle can run code when it is opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cutaway.definition import BoundTensor, Definition, Tensor, resolve
from cutaway.errors import CheckpointError, near_matches
from cutaway.formula import Expr
from cutaway.placement import Placed
from cutaway.safetensors_reader import DTYPES
from cutaway.shards import Checkpoint

HEADS = ("lm_head.", "embed_out.", "cls.")
"""What keys of heads begin with; they stand outside the prefix that the keys of the model itself have."""

DERIVED = re.compile(r"(^|\.)(rotary_emb\.inv_freq|(attn|attention)\.(masked_)?bias|position_ids)$")
"""Arrays that older files hold though they follow from the configuration: angles, masks, positions."""

KEPT_BYTES_SHARE = 0.4
"""Of the machine's memory: for weights that had to be converted, such as those of 16 bits. What does not fit is
converted again in every run, one layer after the other."""

ROWS_COMPARED = 16
"""Rows of two matrices that are compared first to tell whether they are the same: most others differ in them."""

COMPARED_AT_ONCE = 1 << 24
"""Bytes; of matrices that are the same all is read."""

PROBLEMS_WITH_HINTS = 20
"""Missing tensors whose nearest name in the file is looked for, which takes time when there are thousands."""


def _is_view_of_file(value: np.ndarray) -> bool:
    """Whether an array lies in the memory map, so that it takes no memory of its own."""
    base: Any = value
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    return isinstance(base, np.memmap)


def _memory_bytes() -> int:
    """The memory of this machine; of one that does not say, 8 GB."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 8_000_000_000


KEPT_BYTES = int(KEPT_BYTES_SHARE * _memory_bytes())


class Weights(Mapping[str, np.ndarray]):
    """Full tensor name to float32 values, each a view made on first use."""

    def __init__(self, definition: Definition, placed: Mapping[str, Placed], file: Checkpoint, prefix: str) -> None:
        self._definition = definition
        self._placed = placed
        self._file = file
        self._prefix = prefix
        self._names = [n for n, t in definition.tensors.items() if t.role == "weight"]
        self._named = frozenset(self._names)
        self._sizes = {a.name: a.size for a in definition.axes}
        self._made: dict[str, np.ndarray] = {}
        self._kept_bytes = 0

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._file.path.parent

    def located(self, tensor: BoundTensor) -> tuple[Placed, str]:
        """The placement of a weight and its key in the file; see ``keys`` for one with an axis in it."""
        placed, tied = self._placed[tensor.declared.name], tensor.declared.tied_to
        spellings = [placed.key, placed.also]
        if tied:  # some files hold the numbers twice; else they are where the other tensor's are
            spellings += [self._placed[tied].key, self._placed[tied].also]
        for spelling in filter(None, spellings):
            for prefix in (self._prefix, ""):  # see HEADS
                key = prefix + resolve(spelling, tensor.layer)
                if self._keys(placed, key)[0] in self._file.entries:
                    return replace(placed, key=spelling), key
        placed = replace(placed, key=self._placed[tied].key) if tied else placed
        prefix = "" if placed.key.startswith(HEADS) else self._prefix
        return placed, prefix + resolve(placed.key, tensor.layer)

    def _keys(self, placed: Placed, key: str) -> list[str]:
        """The keys of all arrays that make up a tensor: one, or one for each position along its first axis."""
        if placed.stacked is None:
            return [key]
        return [key.replace(f"{{{placed.stacked}}}", str(i)) for i in range(self._sizes[placed.stacked])]

    def __getitem__(self, name: str) -> np.ndarray:
        return self._kept(name, lambda: self._read(name))

    def part(self, name: str, position: int) -> np.ndarray:
        """A weight at a position along its first axis, such as one expert; of others nothing is read if possible."""
        if name in self._made:
            return self._made[name][position]
        tensor = self._definition.tensors[name]
        placed, key = self.located(tensor)
        one = placed.without_first()
        if one is None:
            return self[name][position]
        file, axes = self._file, tensor.axes[1:]

        def read() -> np.ndarray:
            stored = file[self._keys(placed, key)[position]] if placed.stacked else file.part(key, position)
            return one.view(stored, axes, self._sizes)

        return self._kept(f"{name}[{position}]", read)

    def keeps(self, what: str) -> bool:
        """Whether a weight, or ``name[position]`` of one, was read and will not be read again."""
        return what in self._made

    def _read(self, name: str) -> np.ndarray:
        tensor = self._definition.tensors[name]
        placed, key = self.located(tensor)
        views = [placed.view(self._file[k], tensor.axes, self._sizes) for k in self._keys(placed, key)]
        return views[0] if placed.stacked is None else np.stack(views)

    def _kept(self, name: str, read: Callable[[], np.ndarray]) -> np.ndarray:
        """What was read under a name. Views of the file cost nothing; of the rest as much as fits is kept."""
        if name in self._made:
            return self._made[name]
        value, cost = read(), 0
        if not _is_view_of_file(value):
            if isinstance(value.base, np.ndarray) and value.base.nbytes > value.nbytes:
                value = value.copy(order="K")  # a part of a fused array must not keep all of it
            cost = value.nbytes
        if self._kept_bytes + cost <= KEPT_BYTES:
            self._made[name] = value
            self._kept_bytes += cost
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def origin(self, tensor: BoundTensor | Tensor) -> tuple[str, list[Expr]]:
        """Where a weight was read from, in words, and the index there of one of its cells.

        Of a declared tensor that exists in several layers, the layer is left open as ``*``. A ``{0}`` in the
        text stands for the first index, when there is an array for each.
        """
        bound = tensor if isinstance(tensor, BoundTensor) else self._first(tensor)
        placed, key = self.located(bound)
        if isinstance(tensor, Tensor) and tensor.layers:
            key = key[: len(key) - len(resolve(placed.key, bound.layer))] + placed.key
        form = self._file.form(self._keys(*self.located(bound))[0])
        key, indices = _place(placed, key, tensor, self._sizes)
        return f"{self._file.name}{form and f' ({form})'}: {key}", indices

    def _first(self, declared: Tensor) -> BoundTensor:
        return self._definition.tensors[resolve(declared.name, declared.layers[0] if declared.layers else None)]

    def check(self) -> list[str]:
        """The keys of arrays that belong to no weight of the model, such as those of a layer too many.

        Raises one ``CheckpointError`` that lists every missing tensor and every wrong shape.
        """
        places = {
            key: (placed, t)
            for t in map(self._definition.tensors.__getitem__, self._names)
            for placed, template in [self.located(t)]
            for key in self._keys(placed, template)
        }
        unclaimed = [key for key in self._file.entries if key not in places]
        problems = list(self._file.problems)
        for key, (placed, t) in places.items():
            hints = unclaimed if len(problems) < PROBLEMS_WITH_HINTS else ()
            problems += [p] if (p := self._problem(key, placed, t, hints)) else []
        if problems:
            counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
            listed = "\n  ".join(problems)
            raise CheckpointError(f"{self._file.name} does not fit config.json ({counted}):\n  {listed}")
        again = {placed.also for placed in self._placed.values()}  # the same numbers under an older key
        return [key for key in unclaimed if key.removeprefix(self._prefix) not in again and not DERIVED.search(key)]

    def _problem(self, key: str, placed: Placed, tensor: BoundTensor, unclaimed: Sequence[str]) -> str | None:
        """What is wrong with the array at ``key``. A misspelt one is among the ``unclaimed``."""
        entry = self._file.entries.get(key)
        if entry is None:
            if self._file.explained(key):
                return None
            return f"{key} is missing.{near_matches(key, unclaimed, limit=1)}"
        if entry.dtype not in DTYPES:
            return f"{key} has type {entry.dtype}; supported: {', '.join(DTYPES)}"
        expected = placed.stored_shape(tensor.axes, self._sizes)
        if entry.shape != expected:
            return f"{key}: expected shape {list(expected)}, found {list(entry.shape)}"
        return None


def place_without_file(
    definition: Definition, placed: Mapping[str, Placed], tensor: BoundTensor | Tensor
) -> tuple[str, list[Expr]]:
    """Where a weight of a structure would stand in a checkpoint of its family, as ``Weights.origin`` says it of a file.

    Without the prefix of its keys, which checkpoints of the same family have or do without.
    """
    declared, layer = (tensor.declared, tensor.layer) if isinstance(tensor, BoundTensor) else (tensor, None)
    own = placed[declared.name]
    if declared.tied_to:  # the numbers are those of the other tensor
        own = replace(own, key=placed[declared.tied_to].key)
    key = own.key if layer is None else resolve(own.key, layer)
    key, indices = _place(own, key, tensor, {a.name: a.size for a in definition.axes})
    return f"a checkpoint: {key}", indices


def _place(placed: Placed, key: str, tensor: BoundTensor | Tensor, sizes: Mapping[str, int]) -> tuple[str, list[Expr]]:
    """The key with ``{0}`` for the first index where there is an array for each, and all indices."""
    indices = placed.indices(tensor.axes, sizes)
    if placed.stacked is None:
        return key, indices
    return key.replace(f"{{{placed.stacked}}}", "{0}"), [tensor.axes[0], *indices]


def differ(file: Checkpoint, placed: Mapping[str, Placed], prefix: str, name: str, other: str) -> bool:
    """Whether a checkpoint holds two weights under keys of their own, with other numbers in some place."""
    found = [
        next((p + placed[n].key for p in (prefix, "") if p + placed[n].key in file.entries), None)
        for n in (name, other)
    ]
    if None in found or found[0] == found[1]:
        return False
    return unequal(file, *map(str, found))


def unequal(file: Checkpoint, a: str, b: str) -> bool:
    """Whether both arrays are there and can be read, in one shape, and hold other numbers in some place."""
    if a not in file.entries or b not in file.entries:
        return False
    shape = file.entries[a].shape
    if shape != file.entries[b].shape or not shape or file.entries[a].dtype not in DTYPES:
        return False
    rows = {int(i) for i in np.linspace(0, shape[0] - 1, ROWS_COMPARED)} if shape[0] else ()
    if not all(np.array_equal(file.part(a, i), file.part(b, i), equal_nan=True) for i in rows):
        return True
    of_a, of_b = file.raw(a), file.raw(b)
    pieces = (slice(i, i + COMPARED_AT_ONCE) for i in range(0, len(of_a), COMPARED_AT_ONCE))
    if len(of_a) == len(of_b) and all(np.array_equal(of_a[piece], of_b[piece]) for piece in pieces):
        return False
    return not np.array_equal(file[a], file[b], equal_nan=True)  # such as 0 and -0, or other types


def key_prefix(keys: Mapping[str, Any], placed: Mapping[str, Placed], prefixes: tuple[str, ...]) -> str:
    """Which of the family's prefixes the file's keys have: the one under which most are found."""
    probes = [p.key.replace("*", "0").replace(f"{{{p.stacked}}}", "0") for p in placed.values()]
    return max(prefixes, key=lambda prefix: sum(prefix + probe in keys for probe in probes))
