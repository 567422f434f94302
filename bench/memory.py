"""What opening a folder reads, and what a run of it takes, in a process of its own: ``python -m bench.memory FOLDER``.

A memory-mapped file is read where it is touched, so both are asked of the kernel: it counts the bytes of calls to
``read``, and the pages of files and the most memory that a process has had. Linux only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import cutaway
from bench.figures import Figure
from cutaway.definition import Definition
from cutaway.save import save_folder

PROCESS = Path("/proc/self")
TOKENS = 64


def memory(definition: Definition, weights: dict[str, np.ndarray]) -> Iterator[Figure]:
    """Figures of a model of its family's own sizes with these weights, saved in a folder for the while."""
    if not PROCESS.is_dir():
        return
    with TemporaryDirectory() as folder:
        save_folder(Path(folder), definition, {"model_type": definition.family}, weights)
        size = (Path(folder) / "model.safetensors").stat().st_size
        told = subprocess.run([sys.executable, "-m", "bench.memory", folder], check=True, capture_output=True)
    found, part = json.loads(told.stdout), "GPT-2 small"
    yield Figure(part, "opening its folder reads", found["read"] / 1e6, "MB", 5, note=f"of {size / 1e6:.0f} MB")
    stored = size + found["values"]
    note = f"{found['peak'] / 1e6:.0f} MB; weights and values {stored / 1e6:.0f} MB"
    yield Figure(part, f"a run of {TOKENS} tokens at its peak", found["peak"] / stored, "x", 1.25, note=note)


def measured(folder: Path) -> dict[str, int]:
    """Bytes: ``read`` when the folder was opened, and of a run the ``peak`` beyond that and the ``values`` it keeps."""
    cutaway.load("nano-gpt").run("CBA")  # whatever is imported late
    before = _read()
    model = cutaway.load(folder)
    read, held = _read() - before, _status("VmRSS")
    (PROCESS / "clear_refs").write_text("5")  # the most memory so far is counted anew
    run = model.run(np.random.default_rng(0).integers(0, model.vocabulary.size, TOKENS).tolist())
    peak = _status("VmHWM") - held
    return {
        "read": read,
        "peak": peak,
        "values": sum(run[name].nbytes for name, t in model.tensors.items() if t.role != "weight"),
    }


def _read() -> int:
    """Bytes that this process has read, and those of files that are mapped and were touched."""
    counted = dict(line.split(": ") for line in (PROCESS / "io").read_text().splitlines())
    return int(counted["rchar"]) + _status("RssFile")


def _status(name: str) -> int:
    lines = (line.split() for line in (PROCESS / "status").read_text().splitlines())
    return next(int(line[1]) * 1024 for line in lines if line[0] == f"{name}:")


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]))))
