"""Weights that are stored in few bits with scales beside them, read as the numbers they stand for.

Third stage of reading, after ``safetensors_reader`` and ``shards``: a checkpoint in front of a checkpoint, whose
arrays have the keys and shapes that the same model has in plain numbers. Two formats are read. In ``fp8`` (DeepSeek-V3)
a number is 8 bits, with a scale for each block of a matrix. In ``mxfp4`` (gpt-oss) it is 4 bits, with a power of two
for each 32 of them (Open Compute Project 2023, Microscaling Formats 1.0). Activations are not rounded, as
implementations with such arithmetic do: here a model computes what its weights say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from cutaway.errors import CheckpointError
from cutaway.safetensors_reader import DTYPES, Stored
from cutaway.shards import Checkpoint

SCALE, BLOCKS, SCALES = "_scale_inv", "_blocks", "_scales"
"""What follows the key of an array of numbers of 8 bits, and of 4."""

FP4 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], dtype=np.float32)
"""What 4 bits stand for (E2M1)."""
FP4_IN_BLOCK = 32


@dataclass(frozen=True)
class _Packed:
    """An array as it is stored: its entry in plain numbers, what it is called, and what reads one part of it."""

    entry: Stored
    form: str
    part: Callable[[int | None], np.ndarray]
    """All of it, or its position along the first axis."""


def plain(file: Checkpoint, config: Mapping[str, Any]) -> Checkpoint:
    """The checkpoint with plain numbers; ``config``: all of ``config.json``.

    Raises ``CheckpointError`` for a ``quantization_config`` of a kind that is not read.
    """
    quantization = config.get("quantization_config")
    if quantization is None:
        return file
    method = quantization.get("quant_method") if isinstance(quantization, dict) else quantization
    if method == "fp8":
        return _Plain(file, dict(_fp8(file, quantization)))
    if method == "mxfp4":
        return _Plain(file, dict(_mxfp4(file)))
    raise CheckpointError(
        f"config.json: the weights are quantized with {method!r}, which is not read; supported: fp8 and mxfp4. "
        "Take a checkpoint in float32, float16 or bfloat16"
    )


class _Plain:
    """A checkpoint some of whose arrays are unpacked when they are asked for."""

    def __init__(self, file: Checkpoint, packed: Mapping[str, _Packed]) -> None:
        self.path = file.path
        self._file = file
        self._packed = packed
        hidden = {key + end for key in packed for end in (SCALE, BLOCKS, SCALES)}
        self.entries: Mapping[str, Stored] = {
            **{key: entry for key, entry in file.entries.items() if key not in hidden},
            **{key: p.entry for key, p in packed.items()},
        }

    @property
    def name(self) -> str:
        return self._file.name

    @property
    def problems(self) -> Sequence[str]:
        return self._file.problems

    def explained(self, key: str) -> bool:
        return self._file.explained(key)

    def form(self, key: str) -> str:
        return self._packed[key].form if key in self._packed else self._file.form(key)

    def raw(self, key: str) -> np.ndarray:
        return self._file.raw(key)

    def __getitem__(self, key: str) -> np.ndarray:
        return self._packed[key].part(None) if key in self._packed else self._file[key]

    def part(self, key: str, position: int) -> np.ndarray:
        return self._packed[key].part(position) if key in self._packed else self._file.part(key, position)


# ---- 8 bits ----


@cache
def _fp8_values() -> np.ndarray:
    """What 8 bits stand for (E4M3 without infinities: 4 bits of exponent, 3 of fraction; NaN at the ends)."""
    bits = np.arange(256)
    sign = np.where(bits & 0x80, -1.0, 1.0)
    exponent, fraction = (bits >> 3) & 0xF, (bits & 7) / 8.0
    values = sign * np.where(exponent == 0, fraction * 2.0**-6, (1 + fraction) * 2.0 ** (exponent - 7.0))
    values[(bits & 0x7F) == 0x7F] = np.nan
    return values.astype(np.float32)


def _fp8(file: Checkpoint, quantization: Mapping[str, Any]) -> list[tuple[str, _Packed]]:
    block = quantization.get("weight_block_size")
    sides = tuple(block) if isinstance(block, list) else (0, 0)
    if len(sides) != 2 or not all(type(n) is int and n >= 0 for n in sides):
        raise CheckpointError(f"config.json: quantization_config.weight_block_size = {block!r}; expected two numbers")
    found = []
    for key, entry in file.entries.items():
        if entry.dtype != "F8_E4M3":
            continue
        scale = file.entries.get(key + SCALE)
        if scale is None or scale.dtype not in DTYPES:
            kind = "no scale" if scale is None else f"a scale of type {scale.dtype}"
            raise CheckpointError(f"{key} has 8 bits a number and {kind}: expected {key + SCALE} of type F32")
        blocks = tuple(-(-n // side) if side else 1 for n, side in zip(entry.shape, sides, strict=False))
        if len(entry.shape) != 2 or (scale.shape != blocks and scale.shape not in ((), (1,))):
            raise CheckpointError(
                f"{key + SCALE}: expected a scale for each block of {list(sides)} of {list(entry.shape)}, "
                f"found shape {list(scale.shape)}"
            )
        plain_entry = Stored("F32", entry.shape, 0, 0)
        found.append((key, _Packed(plain_entry, "FP8, times its scale", _fp8_reader(file, key, entry.shape, sides))))
    return found


def _fp8_reader(
    file: Checkpoint, key: str, shape: tuple[int, ...], sides: tuple[int, ...]
) -> Callable[[int | None], np.ndarray]:
    def read(position: int | None) -> np.ndarray:
        value, scale = _fp8_values()[file.raw(key)].reshape(shape), file[key + SCALE]
        if scale.size > 1:
            scale = scale.repeat(sides[0], axis=0)[: shape[0]].repeat(sides[1], axis=1)[:, : shape[1]]
        value *= scale
        return value if position is None else value[position]

    return read


# ---- 4 bits ----


def _mxfp4(file: Checkpoint) -> list[tuple[str, _Packed]]:
    """blocks [expert, output, block, byte] and scales [expert, output, block]; read [expert, input, output]."""
    found = []
    for blocks_key, blocks in file.entries.items():
        if not blocks_key.endswith(BLOCKS):
            continue
        key = blocks_key.removesuffix(BLOCKS)
        scales = file.entries.get(key + SCALES)
        if scales is None:
            raise CheckpointError(f"{blocks_key} has 4 bits a number and no scales: expected {key + SCALES}")
        fits = len(blocks.shape) == 4 and blocks.shape[3] == FP4_IN_BLOCK // 2 and scales.shape == blocks.shape[:3]
        if not fits or (blocks.dtype, scales.dtype) != ("U8", "U8"):
            raise CheckpointError(
                f"{blocks_key}: expected blocks of {FP4_IN_BLOCK // 2} bytes and a byte of scale for each, found "
                f"shapes {list(blocks.shape)} ({blocks.dtype}) and {list(scales.shape)} ({scales.dtype})"
            )
        experts, outputs, groups, _ = blocks.shape
        entry = Stored("F32", (experts, groups * FP4_IN_BLOCK, outputs), 0, 0)
        found.append((key, _Packed(entry, "MXFP4, unpacked", _mxfp4_reader(file, key, blocks.shape))))
    return found


def _mxfp4_reader(file: Checkpoint, key: str, shape: tuple[int, ...]) -> Callable[[int | None], np.ndarray]:
    def read(position: int | None) -> np.ndarray:
        blocks, scales = file.raw(key + BLOCKS).reshape(shape), file.raw(key + SCALES).reshape(shape[:3])
        if position is not None:
            blocks, scales = blocks[position], scales[position]
        value = np.empty((*blocks.shape[:-1], FP4_IN_BLOCK), dtype=np.float32)
        value[..., 0::2] = FP4[blocks & 0xF]
        value[..., 1::2] = FP4[blocks >> 4]
        np.ldexp(value, (scales.astype(np.int32) - 127)[..., None], out=value)
        return np.swapaxes(value.reshape(*blocks.shape[:-2], -1), -1, -2)

    return read
