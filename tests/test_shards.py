"""Checkpoints in several files: the same model as in one, and one message for everything that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from checkpoint_files import write_checkpoint
from safetensors.numpy import load_file, save_file

import cutaway
from cutaway.errors import CheckpointError

INDEX = "model.safetensors.index.json"
SHARDS = [f"model-{i:05}-of-00003.safetensors" for i in (1, 2, 3)]


def split(folder: Path) -> Path:
    """Move the weights of a folder into three files and an index."""
    arrays = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    shard_of = {key: SHARDS[i % 3] for i, key in enumerate(sorted(arrays))}
    for shard in SHARDS:
        save_file({key: arrays[key] for key in arrays if shard_of[key] == shard}, folder / shard)
    write_index(folder, shard_of)
    return folder


def write_index(folder: Path, shard_of: object) -> None:
    (folder / INDEX).write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": shard_of}))


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    return split(write_checkpoint(tmp_path / "sharded"))


def test_it_is_the_same_model_as_in_one_file(sharded: Path, tmp_path: Path) -> None:
    whole = cutaway.load(write_checkpoint(tmp_path / "whole"))
    model = cutaway.load(sharded)
    np.testing.assert_array_equal(model.run([1, 2])["logits"], whole.run([1, 2])["logits"])
    origin = model.run([1]).explain("blocks.1.mlp.W_in[2, 3]").origin
    assert origin == f"{INDEX}: h.1.mlp.c_fc.weight[2, 3]"


def test_opening_reads_headers_only(sharded: Path) -> None:
    model = cutaway.load(sharded)
    assert model.weights is not None
    weight = model.weights["blocks.0.mlp.W_in"]
    base = weight
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        assert base.base is not None
        base = base.base  # pyright: ignore[reportAssignmentType]
    assert isinstance(base, np.memmap)


def test_one_file_is_preferred(sharded: Path) -> None:
    """As in Transformers, which reads the index only where there is no model.safetensors."""
    write_checkpoint(sharded)
    (sharded / INDEX).write_text("no JSON")
    assert cutaway.load(sharded).run([1]).explain("W_E[0, 0]").origin == "model.safetensors: wte.weight[0, 0]"


def test_everything_that_is_wrong_is_listed_at_once(sharded: Path) -> None:
    shard_of: dict[str, str] = json.loads((sharded / INDEX).read_text())["weight_map"]
    lost = [key for key in shard_of if shard_of[key] == SHARDS[0]]
    (sharded / SHARDS[0]).unlink()
    third = load_file(sharded / SHARDS[2])
    gone, wrong = (key for key in sorted(third) if third[key].ndim == 2)
    save_file({**{k: v for k, v in third.items() if k != gone}, wrong: third[wrong].T.copy()}, sharded / SHARDS[2])
    unlisted = next(key for key in shard_of if shard_of[key] == SHARDS[1])
    del shard_of[unlisted]
    write_index(sharded, shard_of)
    with pytest.raises(CheckpointError) as caught:
        cutaway.load(sharded)
    first, *lines = str(caught.value).splitlines()
    assert first == f"{INDEX} does not fit config.json (4 problems):"
    assert sorted(lines) == sorted(
        [
            f"  {SHARDS[0]} is missing; the index says that it holds {len(lost)} tensors: {', '.join(lost[:3])}, …",
            f"  {gone} is not in {SHARDS[2]}, where the index says it is",
            f"  {unlisted} is missing.",
            f"  {wrong}: expected shape {list(third[wrong].shape)}, found {list(third[wrong].shape[::-1])}",
        ]
    )


@pytest.mark.parametrize("index", [True, False])
def test_a_missing_head_has_the_key_that_heads_have(index: bool, tmp_path: Path) -> None:
    """Outside the prefix of the others; and what the index lost is told once."""
    folder = write_checkpoint(tmp_path)
    arrays = load_file(folder / "model.safetensors")
    kept = {f"transformer.{key}": a for key, a in arrays.items() if key != "lm_head.weight"}
    save_file(kept, folder / ("rest.safetensors" if index else "model.safetensors"))
    if index:
        (folder / "model.safetensors").unlink()
        write_index(folder, {**dict.fromkeys(kept, "rest.safetensors"), "lm_head.weight": "gone.safetensors"})
    with pytest.raises(CheckpointError) as caught:
        cutaway.load(folder)
    (line,) = str(caught.value).splitlines()[1:]
    lost = "gone.safetensors is missing; the index says that it holds 1 tensor: lm_head.weight"
    assert line.strip() == (lost if index else "lm_head.weight is missing.")


def test_a_damaged_file_is_named(sharded: Path) -> None:
    (sharded / SHARDS[1]).write_bytes(b"\xff" * 20)
    with pytest.raises(CheckpointError, match=rf"{SHARDS[1]} is damaged: it ends inside its header .* holds \d+ tens"):
        cutaway.load(sharded)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("{", f"{INDEX} is not JSON"),
        ("[]", "expected an object weight_map"),
        ('{"weight_map": {}}', "expected an object weight_map"),
        ('{"weight_map": {"wte.weight": 3}}', "wte.weight is in 3; expected the name of a .safetensors file"),
        ('{"weight_map": {"wte.weight": "../x.safetensors"}}', "expected the name of a .safetensors file"),
        ('{"weight_map": {"wte.weight": "/x.safetensors"}}', "expected the name of a .safetensors file"),
        ('{"weight_map": {"wte.weight": "model.bin"}}', "expected the name of a .safetensors file"),
    ],
)
def test_an_index_that_cannot_be_used(sharded: Path, index: str, said: str) -> None:
    (sharded / INDEX).write_text(index)
    with pytest.raises(CheckpointError) as caught:
        cutaway.load(sharded)
    assert said in str(caught.value)
