"""Every family, number by number against Transformers, explained, drawn and bundled."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import pytest

import cutaway
from cutaway import wire
from cutaway.bundle import bundle, run_file, to_json
from cutaway.definition import resolve
from cutaway.explain import explain_at
from cutaway.layout.anatomy import DEPTH_KINDS
from cutaway.model import Model
from cutaway.run import Run
from families.cases import ENDS, Case, Oracle, oracle
from families.configurations import CASES

TOLERANCE = 1e-4
CELLS = 4
"""Cells of each tensor whose explanation is checked."""


class Subject:
    """A case, loaded and run here and there."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.oracle: Oracle = oracle(case, folder)
        self.model: Model = cutaway.load(folder)
        self.run: Run = self.model.run(case.prompt, **case.inputs)

    @cached_property
    def bundle(self) -> wire.Bundle:
        return bundle([self.model], capabilities=wire.Capabilities())


@pytest.fixture(scope="module", params=CASES, ids=lambda c: c.id)
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject(request.param, tmp_path_factory.mktemp("family"))


def far(ours: np.ndarray, theirs: np.ndarray) -> float:
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max())


def test_logits_are_those_of_transformers(subject: Subject) -> None:
    if subject.oracle.logits is None:
        assert subject.model.definition.logits is None
        return
    assert far(subject.run["logits"], subject.oracle.logits) < TOLERANCE


def test_hidden_states_and_attention_are_those_of_transformers(subject: Subject) -> None:
    run = subject.run
    for stack, hidden in subject.oracle.hidden.items():
        for i, before in enumerate(hidden[:-1]):
            assert far(run[f"{stack}.{i}.resid_pre"], before) < TOLERANCE, f"layer {i}"
        ends = (end.format(last=len(hidden) - 2) for end in ENDS[stack])
        last = next(name for name in ends if name in run.model.tensors)
        assert far(run[last], hidden[-1]) < TOLERANCE
    for name, attention in subject.oracle.attention.items():
        assert far(run[name], attention) < TOLERANCE, name


def test_torch_says_the_same(subject: Subject) -> None:
    other = subject.model.run(subject.case.prompt, on="torch", **subject.case.inputs)
    for name, tensor in subject.model.tensors.items():
        a, b = subject.run[name], other[name]
        assert a.dtype == b.dtype, name
        if tensor.integer:
            np.testing.assert_array_equal(a, b, err_msg=name)
        else:
            np.testing.assert_allclose(a, b, atol=2e-5, rtol=1e-4, err_msg=name)


def test_explanations_evaluate_to_the_stored_values(subject: Subject) -> None:
    random = np.random.default_rng(0)
    run = subject.run
    for tensor in subject.model.tensors.values():
        shape = tensor.shape(run.lengths)
        for _ in range(CELLS if tensor.formula is not None else 1):
            explanation = explain_at(run, tensor, [int(random.integers(n)) for n in shape])
            value, again = explanation.value, explanation.evaluate()
            if tensor.integer or not np.isfinite(value):
                assert again == value, explanation.name
            else:
                assert again == pytest.approx(value, rel=2e-5, abs=2e-6), explanation.name
            said = explanation.to_dict()
            assert (said["origin"] is None) == (tensor.formula is not None)
            for source in explanation.sources:
                assert all(isinstance(i, range) or i >= 0 for i in source.index), explanation.name


def test_weights_are_read_from_where_their_origin_says(subject: Subject) -> None:
    from safetensors.numpy import load_file

    stored = load_file(subject.oracle.folder / "model.safetensors")
    random = np.random.default_rng(1)
    for name, tensor in subject.model.tensors.items():
        if tensor.role != "weight":
            continue
        explanation = explain_at(subject.run, tensor, [int(random.integers(n)) for n in tensor.shape({"tokens": 1})])
        key, _, place = str(explanation.origin).removeprefix("model.safetensors: ").partition("[")
        assert stored[key][tuple(int(i) for i in place[:-1].split(","))] == explanation.value, name


def test_bundle_reads_back(subject: Subject) -> None:
    made = subject.bundle
    assert msgspec.json.decode(to_json(made), type=wire.Bundle) == made
    used = {a.kind for a in subject.model.definition.axes}
    assert used == {k.name for k in made.kinds}
    assert len(run_file(subject.run)) > 0


def test_picture_shows_every_tensor_once_and_nothing_overlaps(subject: Subject) -> None:
    definition = subject.model.definition
    scene, axes = subject.bundle.models[0].scene, definition.axes
    size = {a.name: a.size for a in axes}
    placed: dict[str, tuple[float, ...]] = {}
    for box in scene.boxes:
        declared = [t for t in definition.root.declared() if t.name == box.tensor]
        layers = box.layers or sorted({i for t in declared for i in t.layers}) or [None]
        for layer in layers:
            name = resolve(box.tensor, layer)
            assert name not in placed, f"{name} has two boxes"
            tensor = definition.tensors[name]
            laid_out = [n for n in (box.columns, box.rows, box.depth) if n is not None]
            assert sorted(laid_out) == sorted(a.name for a in tensor.axes), name
            offset = scene.offsets[name.split(".")[0]][layer] if layer is not None else wire.Point(0, 0, 0)
            x, y, z = box.x + offset.x, box.y + offset.y, box.z + offset.z
            columns, rows, depth = (1 if n is None else size[n] for n in (box.columns, box.rows, box.depth))
            placed[name] = (x, y, z, x + columns, y + rows, z + (depth - 1) * box.pitch + 1)
    assert set(placed) == set(definition.tensors)
    for (a, p), (b, q) in combinations(placed.items(), 2):
        apart = any(p[k + 3] <= q[k] or q[k + 3] <= p[k] for k in range(3))
        assert apart, f"{a} at {p} and {b} at {q} overlap"


def test_depth_is_for_kinds_that_are_slabs(subject: Subject) -> None:
    kinds = {a.name: a.kind for a in subject.model.definition.axes}
    boxes = subject.bundle.models[0].scene.boxes
    assert {kinds[b.depth] for b in boxes if b.depth is not None} <= DEPTH_KINDS
