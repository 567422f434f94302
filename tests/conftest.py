"""Models and checkpoints that tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkpoint_files import write_checkpoint

import cutaway
from cutaway import Model, Run


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
