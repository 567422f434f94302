"""Reading safetensors files through a memory map, trusting nothing in them.

The format is a length, a JSON header and plain numbers, so it can be checked completely before anything
is used. The safetensors package is not needed to run, and reads whole tensors where a view will do.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cutaway.errors import CheckpointError

DTYPES: dict[str, str] = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "BF16": "<u2"}
"""Safetensors names of the types that are read; bfloat16 is widened from its bits."""

BYTES_EACH: dict[str, int] = {"U8": 1, "F8_E4M3": 1} | {name: int(code[-1]) for name, code in DTYPES.items()}
"""Bytes of one number, of these types and of those that ``quantized`` reads."""

HEADER_LIMIT = 100_000_000
"""Bytes; the format's own limit on the length of the header."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One tensor of a safetensors file: type, shape and where its bytes are, counted from the header's end."""

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
                    raise self._damaged(f"it ends inside its header ({size:,} bytes)")
                header = json.loads(f.read(length))
        except OSError as e:
            raise CheckpointError(f"cannot read {path.name}: {e.strerror}") from None
        except (ValueError, RecursionError):
            raise self._damaged("its header is not JSON") from None
        if not isinstance(header, dict):
            raise self._damaged("its header is not an object")
        self._base = 8 + length
        self.metadata: dict[str, str] = self._metadata(header.pop("__metadata__", None))
        self.entries = {key: self._entry(key, entry, size) for key, entry in header.items()}
        self._check_order(size)
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")

    @property
    def name(self) -> str:
        """What messages and origins call it."""
        return self.path.name

    @property
    def problems(self) -> tuple[str, ...]:
        """None: a file that is damaged cannot be opened."""
        return ()

    def explained(self, key: str) -> bool:
        """Whether ``problems`` say why there is no array at ``key``: never."""
        return False

    def _damaged(self, what: str) -> CheckpointError:
        return CheckpointError(f"{self.path.name} is damaged: {what}")

    def _metadata(self, found: Any) -> dict[str, str]:
        if found is None:
            return {}
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise self._damaged("its metadata is not an object of texts")
        return found

    def _entry(self, key: str, entry: Any, size: int) -> Stored:
        match entry:
            case {"dtype": str(dtype), "shape": [*shape], "data_offsets": [start, stop]} if all(
                type(n) is int and n >= 0 for n in (*shape, start, stop)
            ):
                pass
            case _:
                raise self._damaged(f"the entry of {key} is not understood")
        if self._base + stop > size:
            raise self._damaged(f"{key} ends at byte {self._base + stop:,}, the file at {size:,}")
        if dtype in BYTES_EACH and stop - start != BYTES_EACH[dtype] * math.prod(shape):
            raise self._damaged(f"{key} has shape {shape} but {stop - start:,} bytes")
        return Stored(dtype, tuple(shape), start, stop)

    def _check_order(self, size: int) -> None:
        """The format's own rule: arrays stand one behind the other, and nothing else is in the file."""
        end, before = self._base, "the header"
        for key, entry in sorted(self.entries.items(), key=lambda item: (item[1].start, item[1].stop)):
            if self._base + entry.start != end:
                raise self._damaged(f"{key} begins at byte {self._base + entry.start:,}, but {before} ends at {end:,}")
            end, before = self._base + entry.stop, key
        if end != size:
            raise self._damaged(f"{before} ends at byte {end:,}, the file at {size:,}")

    def form(self, key: str) -> str:
        """What was done to the stored numbers, for people; nothing to plain ones."""
        return ""

    def raw(self, key: str) -> np.ndarray:
        """The bytes of the stored array."""
        entry = self.entries[key]
        return self._bytes[self._base + entry.start : self._base + entry.stop]

    def part(self, key: str, position: int) -> np.ndarray:
        """The stored array at a position along its first axis; only that part of the file is read."""
        entry = self.entries[key]
        length = (entry.stop - entry.start) // entry.shape[0]
        start = entry.start + position * length
        return self._plain(key, Stored(entry.dtype, entry.shape[1:], start, start + length))

    def __getitem__(self, key: str) -> np.ndarray:
        """A read-only view of the stored array; float16, float64 and bfloat16 become float32."""
        return self._plain(key, self.entries[key])

    def _plain(self, key: str, entry: Stored) -> np.ndarray:
        if entry.dtype not in DTYPES:
            raise CheckpointError(f"{key} has type {entry.dtype}; supported: {', '.join(DTYPES)}")
        raw = self._bytes[self._base + entry.start : self._base + entry.stop]
        if raw.ctypes.data % BYTES_EACH[entry.dtype] != 0:
            raw = np.array(raw)  # a header of odd length leaves the numbers unaligned
        value = np.asarray(raw).view(DTYPES[entry.dtype]).reshape(entry.shape)
        if entry.dtype == "BF16":
            value = (value.astype(np.uint32) << 16).view(np.float32)
        return value if value.dtype == np.float32 else value.astype(np.float32)
