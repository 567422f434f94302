"""The bundle says what the model says: definition, values, picture; and it is small."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from families.cases import oracle
from families.configurations import CASES

from cutaway import wire
from cutaway.architectures import gpt2
from cutaway.bundle import bundle, first_run, run_file, to_json, weights_file, wire_expr
from cutaway.formula import Axis, Const, where
from cutaway.load import load
from cutaway.model import Model
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.vocabulary import IdsOnly


@pytest.fixture(scope="module")
def model() -> Model:
    return load("nano-gpt")


@pytest.fixture(scope="module")
def made(model: Model) -> wire.Bundle:
    return bundle([model], capabilities=wire.Capabilities(run="api/run"))


def test_reads_back_as_written(made: wire.Bundle) -> None:
    assert msgspec.json.decode(to_json(made), type=wire.Bundle) == made


def test_is_deterministic(model: Model, made: wire.Bundle) -> None:
    assert to_json(bundle([load("nano-gpt")], capabilities=wire.Capabilities(run="api/run"))) == to_json(made)
    assert weights_file(model) == weights_file(load("nano-gpt"))
    assert run_file(first_run(model)) == run_file(first_run(load("nano-gpt")))


def test_declares_every_tensor_once(model: Model, made: wire.Bundle) -> None:
    spec = made.models[0]
    names = [t.name.replace("*", str(i)) for t in spec.tensors for i in (t.layers or [0])]
    assert sorted(names) == sorted(model.tensors)
    assert len(spec.tensors) < len(model.tensors)


def test_values_are_the_models(tmp_path, model: Model) -> None:
    run = first_run(model)
    (tmp_path / "weights.safetensors").write_bytes(weights_file(model))
    (tmp_path / "run.safetensors").write_bytes(run_file(run))
    weights, values = (SafetensorsFile(tmp_path / f"{n}.safetensors") for n in ("weights", "run"))
    assert set(weights.entries) | set(values.entries) == set(model.tensors)
    for name in weights.entries:
        np.testing.assert_array_equal(weights[name], run[name])
    for name in set(values.entries) - {"tokens"}:
        np.testing.assert_array_equal(values[name], run[name])
    info = msgspec.json.decode(values.metadata["run"], type=wire.RunInfo)
    assert (info.model, info.tokens, info.texts) == ("nano-gpt", run.tokens, run.texts)


def test_every_reference_resolves(made: wire.Bundle) -> None:
    spec = made.models[0]
    names = {t.name for t in spec.tensors}
    axes = {a.name for a in spec.axes}

    def check(e: object) -> None:
        if isinstance(e, wire.Cell):
            template = ".".join("*" if p.isdigit() or p == "<" else p for p in e.tensor.split("."))
            assert template in names
        for field in getattr(e, "__struct_fields__", ()):
            value = getattr(e, field)
            if field == "axis":
                assert value in axes
            for part in value if isinstance(value, list) else [value]:
                check(part)

    for t in spec.tensors:
        assert set(t.axes) <= axes
        assert (t.formula is None) == (t.role in ("input", "weight"))
        assert (t.origin is None) == (t.formula is not None)
        check(t.formula)


@pytest.mark.parametrize(
    ("name", "tensor", "origin"),
    [
        ("gpt-3", "blocks.7.attn.W_K", "a checkpoint: h.7.attn.c_attn.weight [c, (((h * 128) + a) + 12288)]"),
        ("gpt-3", "W_U", "a checkpoint: wte.weight [v, c]"),
        ("llama-3.1-8b", "W_U", "a checkpoint: lm_head.weight [v, c]"),
        (
            "deepseek-v3",
            "blocks.5.mlp.experts.W_gate",
            "a checkpoint: layers.5.mlp.experts.{0}.gate_proj.weight [e, u, c]",
        ),
    ],
)
def test_without_a_file_the_origin_is_the_place_in_any_checkpoint(name: str, tensor: str, origin: str) -> None:
    model = load(name)
    text, indices = model.origin(model.tensors[tensor])
    assert f"{text} [{', '.join(map(str, indices))}]" == origin
    declared, _ = model.origin(model.tensors[tensor].declared)
    assert declared == text.replace(".7.", ".*.").replace(".5.", ".*.")


def test_origin_of_a_weight_names_the_cell_in_the_file(made: wire.Bundle) -> None:
    tensor = next(t for t in made.models[0].tensors if t.name == "blocks.*.attn.W_K")
    assert tensor.origin is not None
    assert tensor.origin.text.endswith("h.*.attn.c_attn.weight")
    plain = json.loads(msgspec.json.encode(tensor.origin.indices))
    offset = [
        "apply",
        "+",
        [["apply", "+", [["apply", "*", [["index", "h"], ["const", 16]]], ["index", "a"]]], ["const", 48]],
    ]
    assert plain == [["index", "c"], offset]


def test_infinities_travel_as_words() -> None:
    t, s = Axis("t", "token", 2), Axis("s", "token", 2)
    encoded = json.loads(msgspec.json.encode(wire_expr(where(s <= t, Const(1.5), Const(float("-inf"))))))
    assert encoded == [
        "apply",
        "where",
        [["apply", "<=", [["index", "s"], ["index", "t"]]], ["const", 1.5], ["const", "-inf"]],
    ]


def test_size_grows_with_different_blocks_only(made: wire.Bundle) -> None:
    assert len(gzip.compress(to_json(made))) < 10_000
    big = gpt2.define({"n_embd": 12288, "n_head": 96, "n_layer": 96, "n_positions": 2048, "name": "gpt-3"})
    described = bundle([Model(big, IdsOnly(50257))], capabilities=wire.Capabilities())
    assert described.models[0].weights is None
    assert described.models[0].run is None
    assert len(gzip.compress(to_json(described))) < 12_000


def test_texts_of_what_may_be_hidden_come_for_every_place(tmp_path) -> None:
    """A model that fills in tokens predicts at all places; where tokens are not listed, texts come with the run."""
    case = next(c for c in CASES if c.id == "bert: two segments")
    case = replace(case, changes={**case.changes, "vocab_size": 400})
    run = load(oracle(case, tmp_path / "bert").folder).run(case.prompt)
    (tmp_path / "run.safetensors").write_bytes(run_file(run))
    info = msgspec.json.decode(SafetensorsFile(tmp_path / "run.safetensors").metadata["run"], type=wire.RunInfo)
    known = dict(info.next or [])
    assert len(known) < 200
    for place in run["logits"]:
        assert known[int(np.argmax(place))] == str(np.argmax(place))
