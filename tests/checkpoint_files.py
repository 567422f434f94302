"""Small checkpoints on disk. Weights are random but always the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

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


def write_checkpoint(folder: Path, **changes: Any) -> Path:
    """A folder in Hugging Face layout with random weights."""
    config = {**SMALL, **changes}
    definition = FAMILIES["gpt2"].define(config)
    random = np.random.default_rng(0)
    weights = {
        name: random.standard_normal(t.shape({}), dtype=np.float32)
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
