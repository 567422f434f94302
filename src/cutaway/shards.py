"""A checkpoint in several safetensors files, read as if it were one.

``model.safetensors.index.json`` says which file holds which array. Opening reads the headers of the files
and nothing else. What is wrong with the index and the files is collected rather than raised, so that one
message can list it together with what does not fit the configuration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cutaway.errors import CheckpointError
from cutaway.safetensors_reader import SafetensorsFile, Stored

KEYS_NAMED = 3
"""Arrays of which there are many, such as those of a missing file: so many are named."""


class Checkpoint(Protocol):
    """Arrays by key, in one file or in several."""

    path: Path

    @property
    def entries(self) -> Mapping[str, Stored]:
        """Type and shape of every array that can be read."""
        ...

    @property
    def name(self) -> str:
        """The file that origins and messages name."""
        ...

    @property
    def problems(self) -> Sequence[str]:
        """What is wrong with the files themselves."""
        ...

    def explained(self, key: str) -> bool:
        """Whether ``problems`` already say why there is no array at ``key``."""
        ...

    def __getitem__(self, key: str) -> np.ndarray:
        """A read-only view of the stored array, as float32."""
        ...

    def part(self, key: str, position: int) -> np.ndarray:
        """The array at a position along its first axis, without reading the others."""
        ...

    def raw(self, key: str) -> np.ndarray:
        """The bytes of the stored array."""
        ...

    def form(self, key: str) -> str:
        """What was done to the stored numbers to get those of the array, in a few words; nothing to plain ones."""
        ...


class ShardedSafetensors:
    """The files that an index lists. Raises ``CheckpointError`` only if the index itself cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shard_of = self._read_index()
        self.entries: dict[str, Stored] = {}
        self.problems: list[str] = []
        self._file_of: dict[str, SafetensorsFile] = {}
        self._lost: set[str] = set()
        for shard in dict.fromkeys(shard_of.values()):
            self._open(shard, [key for key, other in shard_of.items() if other == shard])

    @property
    def name(self) -> str:
        return self.path.name

    def explained(self, key: str) -> bool:
        return key in self._lost

    def __getitem__(self, key: str) -> np.ndarray:
        return self._file_of[key][key]

    def part(self, key: str, position: int) -> np.ndarray:
        return self._file_of[key].part(key, position)

    def raw(self, key: str) -> np.ndarray:
        return self._file_of[key].raw(key)

    def form(self, key: str) -> str:
        return ""

    def _read_index(self) -> dict[str, str]:
        """Key to the name of a file in the same folder."""
        try:
            index: Any = json.loads(self.path.read_text("utf-8"))
        except OSError as e:
            raise CheckpointError(f"cannot read {self.name}: {e.strerror}") from None
        except (ValueError, RecursionError) as e:
            raise CheckpointError(f"{self.name} is not JSON: {e}") from None
        found = index.get("weight_map") if isinstance(index, dict) else None
        if not isinstance(found, dict) or not found:
            raise CheckpointError(f"{self.name}: expected an object weight_map, from tensor names to file names")
        for key, shard in found.items():
            plain = isinstance(shard, str) and Path(shard).name == shard and "\\" not in shard and "\0" not in shard
            if not plain or not shard.endswith(".safetensors"):  # an index never reaches outside its folder
                raise CheckpointError(
                    f"{self.name}: weight_map says that {key} is in {shard!r}; expected the name of a .safetensors file"
                )
        return found

    def _open(self, shard: str, keys: Sequence[str]) -> None:
        """Take ``keys`` from one file; what is wrong goes to ``problems``."""
        path = self.path.parent / shard
        try:
            if not path.is_file():
                raise CheckpointError(f"{shard} is missing")
            file = SafetensorsFile(path)
        except CheckpointError as e:
            named = ", ".join(keys[:KEYS_NAMED]) + (", …" if len(keys) > KEYS_NAMED else "")
            self.problems.append(f"{e}; the index says that it holds {_counted(len(keys), 'tensor')}: {named}")
            self._lost.update(keys)
            return
        for key in keys:
            if key in file.entries:
                self.entries[key], self._file_of[key] = file.entries[key], file
            else:
                self.problems.append(f"{key} is not in {shard}, where the index says it is")
                self._lost.add(key)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
