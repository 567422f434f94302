"""Weights that are cut off, overwritten or do not fit: a message. Those that are not finite are shown as such."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from checkpoint_files import write_checkpoint
from command import answered, refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cutaway
from cutaway import CutawayError
from cutaway.bundle import bundle, run_file, to_json, weights_file
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.safetensors_writer import write_safetensors
from cutaway.wire import Capabilities

Checkpoint = Callable[..., Path]


@pytest.mark.parametrize("kept", [0, 5, 8, 100, -1, -4000])
def test_truncated_weights(checkpoint: Checkpoint, kept: int) -> None:
    folder = checkpoint()
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(CutawayError, match=r"model\.safetensors is damaged: "):
        cutaway.load(folder)
    refused("model.safetensors is damaged: ", "cost", folder)


def header_of(file: Path) -> tuple[dict[str, Any], bytes]:
    """Header and data of a safetensors file."""
    raw = file.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8 : 8 + length]), raw[8 + length :]


def rewrite(file: Path, header: Any, data: bytes) -> None:
    """Write a safetensors file, however odd its header."""
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {},
        {"dtype": "F32"},
        {"dtype": "F32", "shape": [5, 8], "data_offsets": [0]},
        {"dtype": "F32", "shape": [5, 8], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [5, 8], "data_offsets": [0, 10**12]},
        {"dtype": "F32", "shape": [5, 8], "data_offsets": [-160, 0]},
        {"dtype": "F32", "shape": [-5, -8], "data_offsets": [0, 160]},
        {"dtype": "F32", "shape": [5.5, 8], "data_offsets": [0, 160]},
        {"dtype": "F32", "shape": "58", "data_offsets": [0, 160]},
        {"dtype": "F32", "shape": [5, 8], "data_offsets": ["0", "160"]},
        {"dtype": "F32", "shape": [5, 8], "data_offsets": [0.0, 160.0]},
        {"dtype": "F32", "shape": {"a": 5}, "data_offsets": [0, 160]},
        {"dtype": ["F32"], "shape": [5, 8], "data_offsets": [0, 160]},
        {"dtype": "I64", "shape": [5, 8], "data_offsets": [0, 320]},
        {"dtype": "F8", "shape": [5, 8], "data_offsets": [0, 40]},
    ],
)
def test_a_corrupted_header(checkpoint: Checkpoint, entry: Any) -> None:
    folder = checkpoint()
    header, data = header_of(folder / "model.safetensors")
    rewrite(folder / "model.safetensors", header | {"wte.weight": entry}, data)
    with pytest.raises(CutawayError, match=r"wte\.weight"):
        cutaway.load(folder)


def test_arrays_that_overlap_or_leave_gaps(checkpoint: Checkpoint) -> None:
    """Shapes and lengths are all right; the numbers would be those of another array."""
    file = checkpoint() / "model.safetensors"
    header, data = header_of(file)
    first, second = sorted((k for k in header if k != "__metadata__"), key=lambda k: header[k]["data_offsets"])[:2]
    start, stop = header[second]["data_offsets"]
    moved = {**header[second], "data_offsets": [0, stop - start]}
    shifted = {
        key: entry if key == "__metadata__" else {**entry, "data_offsets": [n + 16 for n in entry["data_offsets"]]}
        for key, entry in header.items()
    }
    for changed, numbers, said in (
        (header | {second: moved}, data, f"({first}|{second}) begins at byte .*, but ({first}|{second}) ends at"),
        (shifted, bytes(16) + data, f"{first} begins at byte .*, but the header ends at"),
        (header, data + b"more", "ends at byte .*, the file at"),
    ):
        rewrite(file, changed, numbers)
        with pytest.raises(CutawayError, match=rf"model\.safetensors is damaged: .*{said}"):
            cutaway.load(file.parent)


@pytest.mark.parametrize("header", [[], 3, None, {"__metadata__": 3}])
def test_a_header_of_another_kind(checkpoint: Checkpoint, header: Any) -> None:
    folder = checkpoint()
    rewrite(folder / "model.safetensors", header, b"")
    with pytest.raises(CutawayError, match=r"model\.safetensors"):
        cutaway.load(folder)


@pytest.fixture(scope="session")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("intact") / "model")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_a_message_or_a_model(intact: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Whatever bytes of the two files are replaced: a ``CutawayError``, or a model that runs."""
    for name, reach in (("config.json", 10_000), ("model.safetensors", 3_000)):
        raw = bytearray((intact / name).read_bytes())
        places = st.integers(0, min(len(raw), reach) - 1)
        for place in data.draw(st.lists(places, max_size=4), label=name):
            raw[place] = data.draw(st.integers(0, 255) | st.sampled_from(list(b'{}[]",:0123456789-eE')))
        (tmp_path / name).write_bytes(raw)
    with contextlib.suppress(CutawayError):  # anything else is raised
        model = cutaway.load(tmp_path)
        if model.cost().parameters < 10**6 and model.context < 10**4:
            repr(model.run([0]))


def test_missing_tensors_and_wrong_shapes_are_listed_at_once(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    file = SafetensorsFile(folder / "model.safetensors")
    arrays = {key: np.array(file[key]) for key in file.entries}
    del arrays["h.1.ln_2.bias"], arrays["ln_f.weight"]
    arrays["wpe.weight"] = np.zeros((6, 9), np.float32)
    arrays["h.0.attn.c_attn.weight"] = np.zeros((8, 23), np.float32)
    arrays["h.1.mlp.c_fc.weight"] = np.zeros((32, 8), np.float32)
    write_safetensors(folder / "model.safetensors", arrays, {})
    with pytest.raises(CutawayError) as caught:
        cutaway.load(folder)
    assert str(caught.value).splitlines() == [
        "model.safetensors does not fit config.json (5 problems):",
        "  wpe.weight: expected shape [6, 8], found [6, 9]",
        "  h.0.attn.c_attn.weight: expected shape [8, 24], found [8, 23]",
        "  h.1.ln_2.bias is missing.",
        "  h.1.mlp.c_fc.weight: expected shape [8, 32], found [32, 8]",
        "  ln_f.weight is missing.",
    ]
    refused("(5 problems)", "run", folder, "0")


def test_a_misspelt_tensor_is_pointed_at(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    header, data = header_of(folder / "model.safetensors")
    header["h.0.attn.c_porj.weight"] = header.pop("h.0.attn.c_proj.weight")
    rewrite(folder / "model.safetensors", header, data)
    with pytest.raises(
        CutawayError, match=r"h\.0\.attn\.c_proj\.weight is missing\. Did you mean 'h\.0\.attn\.c_porj\.weight'\?"
    ):
        cutaway.load(folder)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "key", ["wte.weight", "h.0.attn.c_attn.weight", "h.1.ln_2.weight", "h.1.mlp.c_fc.bias", "lm_head.weight"]
)
def test_weights_that_are_not_finite_are_shown_as_such(checkpoint: Checkpoint, bad: float, key: str) -> None:
    """Nothing crashes: runs, explanations, generation, the bundle, the terminal."""
    folder = checkpoint()
    file = SafetensorsFile(folder / "model.safetensors")
    arrays = {k: np.array(file[k]) for k in file.entries}
    arrays[key].reshape(-1)[0] = bad
    write_safetensors(folder / "model.safetensors", arrays, {})
    model = cutaway.load(folder)
    run = model.run([0, 1, 2])
    assert any(not np.isfinite(run[name]).all() for name in ("logits", "blocks.0.attn.q", "embed"))
    repr(run)
    for name, tensor in model.tensors.items():
        explanation = run.explain(f"{name}[{', '.join('0' for _ in tensor.axes)}]")
        repr(explanation)
        json.dumps(explanation.to_dict())
        assert explanation.latex
        assert explanation.numbers_latex
    run.generate(2, temperature=1.0, top_p=0.9)
    assert b"NaN" not in to_json(bundle([model], capabilities=Capabilities()))
    assert weights_file(model)
    assert run_file(run)


def test_the_terminal_prints_what_is_not_finite(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    file = SafetensorsFile(folder / "model.safetensors")
    arrays = {k: np.array(file[k]) for k in file.entries}
    arrays["wte.weight"][0, 0], arrays["lm_head.weight"][1, 1] = np.nan, np.inf
    write_safetensors(folder / "model.safetensors", arrays, {})
    for arguments in (
        ("run", folder, "0 1"),
        ("run", folder, "0 1", "--generate", "2", "--temperature", "1"),
        ("run", folder, "0 1", "--tensor", "logits", "--full"),
        ("explain", folder, "0 1", "embed[0, 0]"),
        ("explain", folder, "0 1", "logits[1, 1]", "--json"),
    ):
        answer = answered(*arguments)
        assert (answer.code, answer.err) == (0, ""), arguments
    assert "nan" in answered("run", folder, "0 1", "--tensor", "embed").out
