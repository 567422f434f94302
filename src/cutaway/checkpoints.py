"""Weights from a checkpoint: where each tensor stands in the file, read without loading the file.

``Placed`` states orientation and fused projections declaratively, as an einops pattern; the same
statement gives the view on the memory-mapped file and the sentence that says where one cell was read
from. Only safetensors are read: a pickle can run code when it is opened.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any

import einops
import numpy as np

from cutaway.definition import BoundTensor, Definition, Tensor, resolve
from cutaway.errors import CheckpointError, near_matches
from cutaway.formula import Axis, Expr

DTYPES: dict[str, str] = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "BF16": "<u2"}
"""Safetensors names of the types that are read; bfloat16 is widened from its bits."""

HEADER_LIMIT = 100_000_000
"""Bytes; the format's own limit on the length of the header."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a tensor stands: the ``key`` in the file and an einops ``pattern`` from the file's axes to ours.

    ``select`` fixes axes of the result that are not ours, such as which part of a fused projection:
    ``Placed("h.*.attn.c_attn.weight", "c (qkv h a) -> qkv h c a", {"qkv": 1})``.
    """

    key: str
    pattern: str
    select: dict[str, int] = field(default_factory=dict)

    @property
    def source_groups(self) -> list[list[str]]:
        """The axes of the file, each as the list of names that are fused in it."""
        return [[g] if isinstance(g, str) else list(g) for g in _groups(self.pattern.split("->")[0])]

    @property
    def target_names(self) -> list[str]:
        return self.pattern.split("->")[1].split()

    def lengths(self, axes: Mapping[str, int], shape: tuple[int, ...] | None) -> dict[str, int]:
        """Length of every name in the pattern; those that are not ours follow from the file's shape."""
        known = dict(axes)
        for dim, group in enumerate(self.source_groups):
            unknown = [n for n in group if n not in known]
            if unknown:
                rest = math.prod(known[n] for n in group if n in known)
                known[unknown[0]] = shape[dim] // rest if shape else max(self.select.get(unknown[0], 0) + 1, 1)
        return known

    def view(self, stored: np.ndarray, axes: Mapping[str, int]) -> np.ndarray:
        """Our tensor as a view on the stored array. Raises ``CheckpointError`` if the shapes do not fit."""
        known = self.lengths(axes, stored.shape)
        expected = tuple(math.prod(known[n] for n in g) for g in self.source_groups)
        if len(stored.shape) != len(expected) or stored.shape != expected:
            raise CheckpointError(f"{self.key}: expected shape {list(expected)}, found {list(stored.shape)}")
        value = einops.rearrange(
            stored, self.pattern, **{n: known[n] for g in self.source_groups if len(g) > 1 for n in g}
        )
        return value[tuple(self.select.get(name, slice(None)) for name in self.target_names)]

    def indices(self, axes: Sequence[Axis], shape: tuple[int, ...]) -> list[Expr]:
        """The index in the file of one cell of ours, in terms of our axes."""
        known = self.lengths({a.name: a.size for a in axes}, shape)
        variables = {a.name: a for a in axes}
        found: list[Expr] = []
        for group in self.source_groups:
            stride, fixed, terms = 1, 0, []
            for name in reversed(group):
                if name in self.select:
                    fixed += self.select[name] * stride
                else:
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


@dataclass(frozen=True, slots=True)
class Stored:
    """One tensor of a safetensors file: type, shape and where its bytes are."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


class SafetensorsFile:
    """A memory-mapped safetensors file. Opening it reads the header only.

    Raises ``CheckpointError`` for a truncated or damaged file, saying what is wrong with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            size = path.stat().st_size
            with path.open("rb") as f:
                first = f.read(8)
                length = int.from_bytes(first, "little")
                if len(first) < 8 or length > min(HEADER_LIMIT, size - 8):
                    raise CheckpointError(f"{path.name} is damaged: it ends inside its header ({size:,} bytes)")
                header = json.loads(f.read(length))
        except OSError as e:
            raise CheckpointError(f"cannot read {path.name}: {e.strerror}") from None
        except (ValueError, UnicodeDecodeError):
            raise CheckpointError(f"{path.name} is damaged: its header is not JSON") from None
        self._base = 8 + length
        self.metadata, self.entries = self._parse(header, size)
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")

    def _parse(self, header: Any, size: int) -> tuple[dict[str, str], dict[str, Stored]]:
        def damaged(what: str) -> CheckpointError:
            return CheckpointError(f"{self.path.name} is damaged: {what}")

        if not isinstance(header, dict):
            raise damaged("its header is not an object")
        metadata, entries = header.pop("__metadata__", None) or {}, {}
        for key, entry in header.items():
            try:
                dtype, shape, (start, stop) = entry["dtype"], tuple(map(int, entry["shape"])), entry["data_offsets"]
            except (TypeError, KeyError, ValueError):
                raise damaged(f"the entry of {key} is not understood") from None
            if self._base + stop > size:
                raise damaged(f"{key} ends at byte {self._base + stop:,}, the file at {size:,}")
            width = int(DTYPES[dtype][-1]) if dtype in DTYPES else None
            if start < 0 or (width is not None and stop - start != width * math.prod(shape)):
                raise damaged(f"{key} has shape {list(shape)} but {stop - start:,} bytes")
            entries[key] = Stored(dtype, shape, start, stop)
        return metadata, entries

    def __getitem__(self, key: str) -> np.ndarray:
        """A read-only view of the stored array; float16, float64 and bfloat16 become float32."""
        entry = self.entries[key]
        if entry.dtype not in DTYPES:
            raise CheckpointError(f"{key} has type {entry.dtype}; supported: {', '.join(DTYPES)}")
        raw = self._bytes[self._base + entry.start : self._base + entry.stop]
        if (raw.ctypes.data % int(DTYPES[entry.dtype][-1])) != 0:
            raw = np.array(raw)  # a header of odd length leaves the numbers unaligned
        value = np.asarray(raw).view(DTYPES[entry.dtype]).reshape(entry.shape)
        if entry.dtype == "BF16":
            value = (value.astype(np.uint32) << 16).view(np.float32)
        return value if value.dtype == np.float32 else value.astype(np.float32)


class Weights(Mapping[str, np.ndarray]):
    """Full tensor name to float32 values, each a view made on first use."""

    def __init__(
        self, definition: Definition, placed: Mapping[str, Placed], file: SafetensorsFile, prefix: str
    ) -> None:
        self._definition = definition
        self._placed = placed
        self._file = file
        self._prefix = prefix
        self._names = [n for n, t in definition.tensors.items() if t.role == "weight"]
        self._made: dict[str, np.ndarray] = {}

    def located(self, tensor: BoundTensor) -> tuple[Placed, str]:
        """The placement of a weight and its key in the file."""
        placed, tied = self._placed[tensor.declared.name], tensor.declared.tied_to
        if tied:
            placed = replace(placed, key=self._placed[tied].key)
        bare = resolve(placed.key, tensor.layer)
        keys = [self._prefix + bare, bare]  # a head stands outside the prefix
        return placed, next((k for k in keys if k in self._file.entries), keys[0])

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._made:
            tensor = self._definition.tensors[name]
            placed, key = self.located(tensor)
            self._made[name] = placed.view(self._file[key], {a.name: a.size for a in tensor.axes})
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def origin(self, tensor: BoundTensor | Tensor) -> tuple[str, list[Expr]]:
        """Where a weight was read from, in words, and the index there of one of its cells.

        Of a declared tensor that exists in several layers, the layer is left open as ``*``.
        """
        bound = tensor if isinstance(tensor, BoundTensor) else self._first(tensor)
        placed, key = self.located(bound)
        indices = placed.indices(tensor.axes, self._file.entries[key].shape)
        if bound is not tensor and tensor.layers:
            key = key[: len(key) - len(resolve(placed.key, bound.layer))] + placed.key
        return f"{self._file.path.name}: {key}", indices

    def _first(self, declared: Tensor) -> BoundTensor:
        return self._definition.tensors[resolve(declared.name, declared.layers[0] if declared.layers else None)]

    def check(self) -> None:
        """Raise one ``CheckpointError`` that lists every missing tensor and every wrong shape."""
        problems = []
        for name in self._names:
            tensor = self._definition.tensors[name]
            placed, key = self.located(tensor)
            if key not in self._file.entries:
                close = near_matches(key, self._file.entries, limit=1)
                problems.append(f"{key} is missing.{close}")
                continue
            try:
                entry = self._file.entries[key]
                placed.view(_shape_only(entry.shape), {a.name: a.size for a in tensor.axes})
                if entry.dtype not in DTYPES:
                    problems.append(f"{key} has type {entry.dtype}; supported: {', '.join(DTYPES)}")
            except CheckpointError as e:
                problems.append(str(e).replace(placed.key, key, 1))
        if problems:
            unique = list(dict.fromkeys(problems))
            listed = "\n  ".join(unique)
            raise CheckpointError(
                f"{self._file.path.name} does not fit config.json ({len(unique)} problems):\n  {listed}"
            )


def _shape_only(shape: tuple[int, ...]) -> np.ndarray:
    """An array of that shape that takes no memory."""
    return np.broadcast_to(np.float32(0), shape)


def key_prefix(keys: Mapping[str, Any], placed: Mapping[str, Placed], prefixes: tuple[str, ...]) -> str:
    """Which of the family's prefixes the file's keys have: the one under which most are found."""
    probes = [p.key.replace("*", "0") for p in placed.values()]
    return max(prefixes, key=lambda prefix: sum(prefix + probe in keys for probe in probes))
