"""Models and checkpoints that tests share. Weights are random but always the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cutaway
from cutaway import Model, Run
from cutaway.architectures import FAMILIES
from cutaway.save import save_folder

SMALL: dict[str, Any] = {
    "model_type": "gpt2",
    "n_embd": 8,
    "n_head": 2,
    "n_layer": 2,
    "n_positions": 6,
    "vocab_size": 5,
    "tie_word_embeddings": False,
}
"""A configuration that is quick to write, load and run."""


@pytest.fixture(scope="session")
def nano() -> Model:
    """The built-in model."""
    return cutaway.load("nano-gpt")


@pytest.fixture(scope="session")
def nano_run(nano: Model) -> Run:
    """The built-in model on the prompt that visitors see first."""
    return nano.run("CBABBC")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small checkpoint folder: ``checkpoint()``, ``checkpoint(n_layer=3)``."""

    def write(name: str = "small", **changes: Any) -> Path:
        return write_checkpoint(tmp_path / name, **changes)

    return write


def write_checkpoint(folder: Path, **changes: Any) -> Path:
    """A folder in Hugging Face layout with random weights."""
    config = {**SMALL, **changes}
    definition = FAMILIES["gpt2"].define(config)
    random = np.random.default_rng(0)
    weights = {
        name: random.standard_normal(t.shape(1), dtype=np.float32)
        for name, t in definition.tensors.items()
        if t.role == "weight"
    }
    save_folder(folder, definition, config, weights)
    return folder


def edit_config(folder: Path, **changes: Any) -> None:
    """Change entries of a checkpoint's ``config.json``; ``None`` removes one."""
    path = folder / "config.json"
    config = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({k: v for k, v in config.items() if v is not None}))
