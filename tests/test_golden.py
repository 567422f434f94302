"""Python still explains the stored values as the golden files say; the client is held to the same files.

After a change that is meant: ``python -m tests.golden.make``, look at the difference, commit it.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.golden import make

GOLDEN = make.TARGET
REGENERATE = "if this change is meant, run: python -m tests.golden.make"


def stored(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def same(found: Any, golden: Any) -> bool:
    """Equal, numbers up to the rounding of float64."""
    if isinstance(golden, dict):
        return found.keys() == golden.keys() and all(same(found[key], golden[key]) for key in golden)
    if isinstance(golden, list):
        return len(found) == len(golden) and all(map(same, found, golden))
    if isinstance(golden, float):
        return math.isclose(found, golden, rel_tol=1e-12, abs_tol=1e-12)
    return found == golden


@pytest.mark.parametrize("name", make.definitions())
def test_explanations(name: str) -> None:
    definition, tokens, decoder, count = make.definitions()[name]
    golden = stored(name)
    values = {
        tensor: np.array([float(x) for x in array["data"]], np.float32).reshape(array["shape"])
        for tensor, array in golden["values"].items()
    }
    values |= {n: values[n].astype(np.int32) for n, t in definition.tensors.items() if t.integer}
    found = make.explanations(make.StoredRun(definition, tokens, values, decoder), count)
    assert len(found) == len(golden["explanations"]), REGENERATE
    for explanation, expected in zip(found, golden["explanations"], strict=True):
        assert same(explanation, expected), f"{expected['tensor']}{expected['index']}: {REGENERATE}"
    assert make.model_to_wire(definition) == golden["model"], REGENERATE


def test_numbers() -> None:
    assert make.number_cases() == stored("numbers"), REGENERATE


def test_sampling() -> None:
    assert same(make.sampling_cases(), stored("sampling")), REGENERATE


def test_a_change_is_noticed() -> None:
    golden = stored("sampling")["choices"][1]
    assert same(golden, json.loads(json.dumps(golden)))
    assert not same({**golden, "position": -1}, golden)
    assert not same({**golden, "chances": []}, golden)


def test_files_are_small() -> None:
    assert sum(path.stat().st_size for path in GOLDEN.glob("*.json")) < 800_000
