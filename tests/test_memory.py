"""What is read of a checkpoint and when: headers on opening, each layer once in a run, of experts only the chosen."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from checkpoint_files import SMALL, write_checkpoint
from families.cases import oracle
from families.configurations import CASES
from safetensors.numpy import load_file, save_file

import cutaway
from cutaway import checkpoints
from cutaway.architectures import gpt2
from cutaway.definition import resolve
from cutaway.safetensors_reader import SafetensorsFile

SPARSE_BYTES = 200_000_000_000
MIXTURE = next(c for c in CASES if c.id == "qwen3_moe: three of five experts")


def test_opening_reads_nothing_but_headers(tmp_path: Path) -> None:
    """A file larger than any memory, most of which is not there: reading it would take minutes."""
    config = {**SMALL, "n_embd": 4096, "n_layer": 256, "n_inner": 16384, "n_head": 32}
    definition = gpt2.define(config)
    sizes = {a.name: a.size for a in definition.axes}
    shapes: dict[str, tuple[int, ...]] = {}
    for t in definition.tensors.values():
        if t.role == "weight":
            placed = gpt2.CHECKPOINT[t.declared.name]
            shapes[resolve(placed.key, t.layer)] = placed.stored_shape(t.axes, sizes)
    header, end = {}, 0
    for key, shape in shapes.items():
        start, end = end, end + 4 * math.prod(shape)
        header[key] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    assert end > SPARSE_BYTES
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + end)
    (tmp_path / "config.json").write_text(json.dumps(config))
    model = cutaway.load(tmp_path)
    assert model.cost(tokens=1).parameters * 4 > SPARSE_BYTES
    assert model.weights is not None
    assert model.weights["blocks.255.mlp.W_out"][-1, -1] == 0


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each array of a file was read."""
    counted: Counter[str] = Counter()
    plain: Callable[..., np.ndarray] = SafetensorsFile._plain

    def counting(file: SafetensorsFile, key: str, entry: object) -> np.ndarray:
        counted[key] += 1
        return plain(file, key, entry)

    monkeypatch.setattr(SafetensorsFile, "_plain", counting)
    return counted


@pytest.mark.parametrize("on", ["numpy", "torch"])
def test_a_run_reads_each_layer_once(tmp_path: Path, reads: Counter[str], on: str) -> None:
    model = cutaway.load(write_checkpoint(tmp_path))
    # A few rows tell whether a head that the file holds is the embedding again.
    assert set(reads) <= {"lm_head.weight", "wte.weight"}
    reads.clear()
    model.run([1, 2], on=on)
    fused = {key for key in reads if ".attn.c_attn." in key}
    assert all(reads[key] == (3 if key in fused else 1) for key in reads), reads
    before = reads.copy()
    model.run([2, 3], on=on)
    assert reads == before


def test_what_does_not_fit_is_read_again(tmp_path: Path, reads: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights of 16 bits are converted; with no room for the results each run converts them anew."""
    folder = write_checkpoint(tmp_path)
    arrays = {key: a.astype(np.float16) for key, a in load_file(folder / "model.safetensors").items()}
    (folder / "model.safetensors").unlink()
    save_file(arrays, folder / "model.safetensors")
    kept, again = cutaway.load(folder), cutaway.load(folder)
    expected = kept.run([1, 2])["logits"]
    kept.run([1, 2])
    once = reads["h.0.mlp.c_fc.weight"]
    assert once == 1
    monkeypatch.setattr(checkpoints, "KEPT_BYTES", 0)
    for _ in range(2):
        np.testing.assert_array_equal(again.run([1, 2])["logits"], expected)
    assert reads["h.0.mlp.c_fc.weight"] == once + 2


@pytest.mark.parametrize("on", ["numpy", "torch"])
def test_experts_that_are_not_chosen_are_not_read(tmp_path: Path, reads: Counter[str], on: str) -> None:
    oracle(MIXTURE, tmp_path)
    model = cutaway.load(tmp_path)
    run = model.run(MIXTURE.prompt[:1], on=on)
    read = {key for key in reads if ".experts." in key}
    chosen = {
        f"model.layers.{layer}.mlp.experts.{e}.{name}_proj.weight"
        for layer in range(2)
        for e in run[f"blocks.{layer}.mlp.expert_indices"].flatten()
        for name in ("gate", "up", "down")
    }
    assert read == chosen
    assert len(chosen) == 2 * 3 * 3
