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

from cutaway.architectures import FAMILIES

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.golden import families, make
from tests.golden.stored import StoredRun, model_to_wire

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
    found = make.explanations(StoredRun(definition, tokens, values, decoder), count)
    assert len(found) == len(golden["explanations"]), REGENERATE
    for explanation, expected in zip(found, golden["explanations"], strict=True):
        assert same(explanation, expected), f"{expected['tensor']}{expected['index']}: {REGENERATE}"
    assert model_to_wire(definition) == golden["model"], REGENERATE


@pytest.mark.parametrize("name", families.CONFIGURATIONS)
def test_families(name: str) -> None:
    of = families.family(name)
    golden = stored(f"families/{name}")
    values = families.unpacked(of, golden["values"])
    for tensor, found in families.computed(of).items():
        np.testing.assert_allclose(found, values[tensor], rtol=1e-4, atol=1e-5, err_msg=f"{tensor}: {REGENERATE}")
    run = StoredRun(of.definition, of.tokens, values, of.decoder)
    for explanation, expected in zip(families.explanations(run), golden["explanations"], strict=True):
        assert same(explanation, expected), f"{expected['tensor']}{expected['index']}: {REGENERATE}"
    assert families.definition_to_wire(of.definition) == golden["model"], REGENERATE


def test_every_family_is_there() -> None:
    assert families.CONFIGURATIONS.keys() == FAMILIES.keys()
    assert {path.stem for path in (GOLDEN / "families").glob("*.json")} == FAMILIES.keys()


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
    sizes = {path.stem: path.stat().st_size for path in (GOLDEN / "families").glob("*.json")}
    assert sum(sizes.values()) < 850_000
    assert max(sizes.values()) < 80_000, sizes
