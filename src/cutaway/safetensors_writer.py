"""Writing safetensors: the counterpart of ``safetensors_reader``.

The format is a length, a JSON header and the bytes of the arrays one after the other. Bytes are the
same for the same arrays in the same order, so that files can be compared and cached.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

DTYPES: dict[str, str] = {"float32": "F32", "float16": "F16", "float64": "F64", "int32": "I32", "int64": "I64"} | {
    "uint8": "U8", "bool": "BOOL"
}  # fmt: skip
"""NumPy names of the types that are written, to those of the format."""

ALIGNMENT = 8
"""Bytes; the header is padded to a multiple, and wider types come first, so that every array can be mapped."""


def safetensors_bytes(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> bytes:
    """The file as bytes: arrays in C order, little-endian; wider types first, otherwise in the order given.

    ``metadata``: text to text, kept in the header under ``__metadata__``.
    """
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    chunks, start = [], 0
    for name, array in sorted(arrays.items(), key=lambda item: -item[1].dtype.itemsize):
        data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(-1).view(np.uint8).data
        stop = start + len(data)
        header[name] = {"dtype": DTYPES[array.dtype.name], "shape": list(array.shape), "data_offsets": [start, stop]}
        chunks.append(data)
        start = stop
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    return b"".join([len(text).to_bytes(8, "little"), text, *chunks])


def write_safetensors(path: Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> None:
    """Write the file whole or not at all: an interruption leaves what stood there before."""
    write_bytes(path, safetensors_bytes(arrays, metadata))


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file in one step."""
    beside = path.with_name(f"{path.name}.part")
    with beside.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    beside.replace(path)
