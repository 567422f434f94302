"""Where weights stand in a file is said once: as a view, as an index, and backwards when saving."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from checkpoint_files import edit_config, write_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

import cutaway
from cutaway.architectures import gpt2
from cutaway.checkpoints import key_prefix
from cutaway.errors import CheckpointError, CheckpointWarning
from cutaway.formula import Axis, Const, Expr, kind_of
from cutaway.placement import Placed
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.safetensors_writer import safetensors_bytes, write_safetensors
from cutaway.save import save_folder, stored_arrays

H, A, C, F = (Axis(n, "channel", size) for n, size in (("h", 2), ("a", 3), ("c", 4), ("f", 5)))
SIZES = {a.name: a.size for a in (H, A, C, F)}

PLACES: dict[str, tuple[Placed, list[Axis]]] = {
    "as it is": (Placed("w", "c f -> c f"), [C, F]),
    "transposed": (Placed("w", "f c -> c f"), [C, F]),
    "split": (Placed("w", "c (h a) -> h c a"), [H, C, A]),
    "split at the front": (Placed("w", "(h a) c -> h a c"), [H, A, C]),
    "fused, first part": (Placed("w", "c (qkv h a) -> qkv h c a", {"qkv": (0, 3)}), [H, C, A]),
    "fused, last part": (Placed("w", "c (qkv h a) -> qkv h c a", {"qkv": (2, 3)}), [H, C, A]),
    "fused inside": (Placed("w", "(h qkv a) c -> qkv h a c", {"qkv": (1, 3)}), [H, A, C]),
    "bias": (Placed("w", "(qkv h a) -> qkv h a", {"qkv": (1, 3)}), [H, A]),
}


def value_of(e: Expr, at: dict[Axis, int]) -> int:
    """An index, worked out with Python's own arithmetic."""
    match e:
        case Axis():
            return at[e]
        case Const(value):
            return int(value)
    assert kind_of(e) == "int"
    left, right = (value_of(x, at) for x in e.args)  # type: ignore[attr-defined]
    return left + right if e.op == "+" else left * right  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PLACES)
def test_a_view_and_its_indices_agree(name: str) -> None:
    placed, axes = PLACES[name]
    shape = placed.stored_shape(axes, SIZES)
    stored = np.arange(np.prod(shape)).reshape(shape)
    view, indices = placed.view(stored, axes, SIZES), placed.indices(axes, SIZES)
    assert view.shape == tuple(a.size for a in axes)
    assert np.shares_memory(view, stored)
    for index in np.ndindex(*view.shape):
        at = dict(zip(axes, index, strict=True))
        assert stored[tuple(value_of(i, at) for i in indices)] == view[index]


def test_a_wrong_shape_is_refused() -> None:
    placed, axes = PLACES["split"]
    with pytest.raises(CheckpointError, match=r"w: expected shape \[4, 6\], found \[6, 4\]"):
        placed.view(np.zeros((6, 4)), axes, SIZES)


def test_saving_and_loading_are_inverse(tmp_path: Path) -> None:
    definition = gpt2.define({"n_layer": 2, "n_embd": 12, "n_head": 3, "vocab_size": 7, "n_positions": 5})
    rng = np.random.default_rng(0)
    weights = {
        n: rng.normal(size=t.shape({})).astype("f4") for n, t in definition.tensors.items() if t.role == "weight"
    }
    weights["W_U"] = weights["W_E"].T
    config = {"model_type": "gpt2", "n_layer": 2, "n_embd": 12, "n_head": 3, "vocab_size": 7, "n_positions": 5}
    save_folder(tmp_path / "new" / "folder", definition, config, weights)
    model = cutaway.load(tmp_path / "new" / "folder")
    assert model.weights is not None
    assert set(model.weights) == set(weights)
    for name, w in weights.items():
        np.testing.assert_array_equal(model.weights[name], w, err_msg=name)
    keys = set(load_file(tmp_path / "new" / "folder" / "model.safetensors"))
    assert "lm_head.weight" not in keys
    assert keys == set(stored_arrays(definition, gpt2.CHECKPOINT, weights))


def test_weights_are_views_on_the_file(tmp_path: Path) -> None:
    """Opening reads headers only; a weight is mapped, not copied."""
    model = cutaway.load(write_checkpoint(tmp_path))
    assert model.weights is not None
    for name in ("W_E", "blocks.0.attn.W_Q", "blocks.1.mlp.W_in", "W_U"):
        weight = model.weights[name]
        base: Any = weight
        while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
            base = base.base
        assert isinstance(base, np.memmap), name
        assert not weight.flags.writeable


def test_problems_are_listed_all_at_once(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path)
    file = folder / "model.safetensors"
    weights = load_file(file)
    weights["wte.weigth"] = weights.pop("wte.weight")
    weights["h.1.attn.c_attn.weight"] = weights["h.1.attn.c_attn.weight"].T.copy()
    weights["ln_f.bias"] = weights["ln_f.bias"].astype(np.int32)
    save_file(weights, file)
    with pytest.raises(CheckpointError) as caught:
        cutaway.load(folder)
    lines = str(caught.value).splitlines()
    assert lines[0] == "model.safetensors does not fit config.json (3 problems):"
    assert sorted(lines[1:]) == [
        "  h.1.attn.c_attn.weight: expected shape [8, 24], found [24, 8]",
        "  ln_f.bias has type I32; supported: F32, F16, F64, BF16",
        "  wte.weight is missing. Did you mean 'wte.weigth'?",
    ]


def test_what_the_file_holds_beyond_the_model_is_told(tmp_path: Path) -> None:
    """A layer too many is read by nobody, as in Transformers, which says so, too."""
    folder = write_checkpoint(tmp_path)
    edit_config(folder, n_layer=1)
    with pytest.warns(CheckpointWarning) as caught:
        cutaway.load(folder)
    (said,) = (str(w.message) for w in caught)
    assert said.startswith("model.safetensors holds 12 tensors that are no part of the model as config.json has it;")
    assert said.endswith("not read: h.1.ln_1.weight, h.1.ln_1.bias, h.1.attn.c_attn.weight, …")
    assert caught[0].filename == __file__


def test_what_follows_from_the_configuration_is_not_told(tmp_path: Path) -> None:
    """Masks and angles, which older files hold."""
    file = write_checkpoint(tmp_path) / "model.safetensors"
    masks = {"h.0.attn.bias": np.ones((1, 1, 6, 6), np.float32), "h.0.attn.masked_bias": np.zeros(1, np.float32)}
    save_file(load_file(file) | masks, file)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cutaway.load(tmp_path)


def test_prefixes_are_recognised() -> None:
    keys = {key: 0 for key in ("wte.weight", "wpe.weight", "ln_f.bias")}
    assert key_prefix({**keys, "lm_head.weight": 0}, gpt2.CHECKPOINT, gpt2.KEY_PREFIXES) == ""
    prefixed = {f"transformer.{key}": 0 for key in keys}
    assert key_prefix({**prefixed, "lm_head.weight": 0}, gpt2.CHECKPOINT, gpt2.KEY_PREFIXES) == "transformer."


# The file format, against the safetensors package

ARRAYS = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8).filter(lambda k: k != "__metadata__"),
    st.sampled_from([np.float32, np.float16, np.float64, np.int32, np.int64, np.uint8]).flatmap(
        lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, max_side=3, min_side=0))
    ),
    max_size=4,
)


@settings(deadline=None, derandomize=True)
@given(ARRAYS, st.none() | st.dictionaries(st.text(max_size=4), st.text(max_size=9), max_size=2))
def test_written_files_are_read_by_the_safetensors_package(
    tmp_path_factory: pytest.TempPathFactory, written: dict[str, np.ndarray], metadata: dict[str, str] | None
) -> None:
    path = tmp_path_factory.mktemp("st") / "x.safetensors"
    write_safetensors(path, written, metadata)
    found = load_file(path)
    assert found.keys() == written.keys()
    for name, array in written.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
    with safe_open(path, "numpy") as file:
        assert (file.metadata() or {}) == (metadata or {})
    assert SafetensorsFile(path).metadata == (metadata or {})


@settings(deadline=None, derandomize=True)
@given(ARRAYS)
def test_files_of_the_safetensors_package_are_read(
    tmp_path_factory: pytest.TempPathFactory, written: dict[str, np.ndarray]
) -> None:
    path = tmp_path_factory.mktemp("st") / "x.safetensors"
    save_file(written, path)
    file = SafetensorsFile(path)
    assert {k: e.shape for k, e in file.entries.items()} == {k: a.shape for k, a in written.items()}
    for name, array in written.items():
        if array.dtype.kind == "f":
            with np.errstate(over="ignore"):
                np.testing.assert_array_equal(file[name], array.astype(np.float32))
        else:
            with pytest.raises(CheckpointError, match="supported: F32"):
                file[name]


def test_bytes_do_not_change_from_run_to_run() -> None:
    data = {"b": np.arange(3, dtype=np.float32), "a": np.arange(2, dtype=np.int64)}
    assert safetensors_bytes(data, {"x": "y"}) == safetensors_bytes(data, {"x": "y"})
    written = safetensors_bytes(data)
    header = json.loads(written[8 : 8 + int.from_bytes(written[:8], "little")])
    assert header["a"]["data_offsets"] == [0, 16]  # wider types first, so that every array is aligned


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.safetensors"
    write_safetensors(path, {"a": np.zeros(2, np.float32)})
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_safetensors(path, {"a": np.ones(2, np.float32)})
    assert path.read_bytes() == before
