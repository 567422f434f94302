"""Bad input: a clear message, exit code 2, no traceback, nothing lost.

Every kind of mistake is made through the Python API, where the message is checked, and once through the
command line. The server's refusals are in ``test_server``, damaged files in ``test_damaged_weights``.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkpoint_files import edit_config
from command import answered, refused
from command import cutaway as command

import cutaway
from cutaway import CutawayError, Model, Run

Checkpoint = Callable[..., Path]


# Sources


def test_unknown_model_names_have_near_matches() -> None:
    with pytest.raises(CutawayError, match=r"no model named 'nano-gtp'.*Did you mean 'nano-gpt'\? Built in: nano-gpt"):
        cutaway.load("nano-gtp")
    refused("Did you mean 'nano-gpt'?", "cost", "nano-gtp")


@pytest.mark.parametrize("source", ["", " ", "\0", "a" * 5000, "nano-gpt/", "~nobody"])
def test_odd_sources_are_unknown_names(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CutawayError, match="no model named"):
        cutaway.load(source)


def test_a_folder_without_a_configuration(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    (folder / "config.json").unlink()
    with pytest.raises(CutawayError, match=r"small has no config\.json; found: model\.safetensors"):
        cutaway.load(folder)
    refused("small has no config.json", "cost", folder)


def test_a_folder_without_weights(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    (folder / "model.safetensors").unlink()
    with pytest.raises(CutawayError, match=r"small has no model\.safetensors; found: config\.json"):
        cutaway.load(folder)
    refused("small has no model.safetensors", "run", folder, "0")


def test_an_empty_folder(tmp_path: Path) -> None:
    refused("has no config.json; found: nothing", "cost", tmp_path)


def test_a_file_that_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    refused("notes.txt is not a checkpoint; expected a folder", "cost", tmp_path / "notes.txt")


class Bomb:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.write_text, (self.path, "exploded"))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt"])
def test_a_pickle_is_refused_and_never_opened(checkpoint: Checkpoint, tmp_path: Path, name: str) -> None:
    folder = checkpoint()
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    for source in (folder, folder / name):
        with pytest.raises(CutawayError, match=f"{name} is a pickle.*safe_serialization=True"):
            cutaway.load(source)
    refused(f"{name} is a pickle", "view", folder, "--no-browser")
    assert not (tmp_path / "exploded").exists()


def test_pickles_in_several_files_are_told_as_such(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    (folder / "model.safetensors").unlink()
    for name in ("pytorch_model-00002-of-00002.bin", "pytorch_model-00001-of-00002.bin"):
        (folder / name).write_bytes(b"")
    refused("pytorch_model-00001-of-00002.bin is a pickle", "view", folder, "--no-browser")


def test_the_way_to_the_structure_can_be_followed(checkpoint: Checkpoint) -> None:
    """What the message names is a path from here, not from inside the folder."""
    folder = checkpoint()
    (folder / "model.safetensors").unlink()
    refused(f"name {folder / 'config.json'}", "run", folder, "0")
    assert cutaway.load(folder / "config.json").weights is None


def test_what_is_not_read_is_one_line_on_the_terminal(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    edit_config(folder, n_layer=1)
    answer = answered("cost", folder)
    assert answer.code == 0
    assert answer.err.startswith("cutaway: model.safetensors holds 12 tensors")
    assert len(answer.err.splitlines()) == 1


# Configurations


def test_an_unsupported_model_type_lists_the_supported_ones(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    edit_config(folder, model_type="gpt3")
    with pytest.raises(
        CutawayError, match=r"model_type 'gpt3' is not supported\. Did you mean 'gpt2'.*\? Supported: .*gpt2"
    ):
        cutaway.load(folder)
    refused("model_type 'gpt3' is not supported", "cost", folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "config.json is not JSON"),
        ("{", "config.json is not JSON"),
        ("[" * 100_000, "config.json is not JSON"),
        ("[]", "config.json: expected an object"),
        ("{}", "model_type None is not supported"),
        ('{"model_type": ["gpt2"]}', "is not supported"),
        (
            '{"model_type": "gpt2", "n_embd": "wide"}',
            "n_embd = 'wide' is not supported; expected a positive whole number",
        ),
        ('{"model_type": "gpt2", "n_layer": 0}', "n_layer = 0 is not supported; expected a positive whole number"),
        ('{"model_type": "gpt2", "n_head": 7}', "n_head = 7 is not supported; expected a divisor of n_embd = 768"),
        ('{"model_type": "gpt2", "n_embd": 1e9}', "n_embd = 1000000000.0 is not supported"),
        ('{"model_type": "gpt2", "activation_function": "cubic"}', "expected one of"),
        ('{"model_type": "gpt2", "layer_norm_epsilon": NaN}', "layer_norm_epsilon = nan is not supported"),
        (
            '{"model_type": "gpt2", "cutaway": {"letters": ["A"]}}',
            "letters has 1 different entries, vocab_size is 50257",
        ),
        ('{"model_type": "gpt2", "cutaway": []}', "config.json: cutaway"),
        ('{"model_type": "gpt2", "cutaway": {"letters": 3}}', "config.json: cutaway"),
        ('{"model_type": "gpt2", "cutaway": {"facts": 3}}', "config.json: cutaway"),
        ('{"model_type": "gpt2", "cutaway": {"prompt": {}}}', "config.json: cutaway"),
        ('{"model_type": "gpt2", "name": 3}', "config.json: name"),
    ],
)
def test_a_configuration_that_cannot_be_used(checkpoint: Checkpoint, text: str, said: str) -> None:
    folder = checkpoint()
    (folder / "config.json").write_text(text)
    with pytest.raises(CutawayError) as caught:
        cutaway.load(folder)
    assert said in str(caught.value)


def test_a_configuration_that_is_no_text(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    (folder / "config.json").write_bytes(b"\xff\xfe\x00")
    refused("config.json is not JSON", "cost", folder)


def test_a_tokenizer_that_cannot_be_read(checkpoint: Checkpoint) -> None:
    folder = checkpoint()
    (folder / "tokenizer.json").write_text("{}")
    refused("tokenizer.json cannot be read", "run", folder, "hello")


# Prompts


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("CBX", "unknown letter 'X' at place 3 of the prompt; this model knows A B C"),
        ("", "the prompt is empty; give from 1 to 11 tokens"),
        ("   ", "the prompt is empty"),
        ("A" * 12, "the prompt has 12 tokens; nano-gpt takes at most 11"),
        ([0, 1, 3], "token id 3 at position 2 is not in the vocabulary (0 to 2)"),
        ([-1], "token id -1 at position 0"),
        ([0.5], "got 0.5 in the list"),
        ([True], "got True in the list"),
        (["A"], "got 'A' in the list"),
        ([], "the prompt is empty"),
        (None, "a prompt is a text or a list of token ids, got NoneType"),
        (7, "a prompt is a text or a list of token ids, got int"),
    ],
)
def test_prompts_that_the_model_cannot_take(nano: Model, prompt: Any, said: str) -> None:
    with pytest.raises(CutawayError) as caught:
        nano.run(prompt)
    assert said in str(caught.value)
    if isinstance(prompt, str):
        refused(said, "run", "nano-gpt", prompt)


def test_a_bad_prompt_for_the_page_is_refused_before_anything_is_served() -> None:
    refused("unknown letter 'X'", "view", "nano-gpt", "--no-browser", "--prompt", "X")


@pytest.mark.parametrize("prompt", ["one", "1.5", "-1", "²", "99", "9" * 5000])
def test_token_ids_that_are_none(checkpoint: Checkpoint, prompt: str) -> None:
    with pytest.raises(CutawayError, match=r"token id|vocabulary"):
        cutaway.load(checkpoint()).run(prompt)


# Cells


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("blocks.0.attn.Q[0, 0, 0]", "has no tensor 'blocks.0.attn.Q'. Did you mean 'blocks.0.attn."),
        ("blocks.3.attn.q[0, 0, 0]", "Did you mean 'blocks."),
        ("q[0, 0, 0]", "Did you mean 'blocks.0.attn.q'"),
        ("blocks.0.attn.q[6, 0, 0]", "valid: t from 0 to 5, h from 0 to 2, a from 0 to 15"),
        ("blocks.0.attn.q[0, -4, 0]", "valid: t from 0 to 5, h from 0 to 2, a from 0 to 15"),
        ("blocks.0.attn.q[0, 0]", "takes 3 indices, got 2; valid: t from 0 to 5"),
        ("blocks.0.attn.q[0, 0, 0, 0]", "valid: t from 0 to 5, h from 0 to 2, a from 0 to 15"),
        ("blocks.0.attn.q[a, 0, 0]", "'a' is not a whole number; valid: t from 0 to 5"),
        ("blocks.0.attn.q[0.5, 0, 0]", "'0.5' is not a whole number"),
        ("blocks.0.attn.q[0, , 0]", "valid: t from 0 to 5"),
        ("blocks.0.attn.q", "expected a cell such as blocks.0.attn.q[3, 0, 5], got 'blocks.0.attn.q'"),
        ("blocks.0.attn.q[", "expected a cell such as"),
        ("", "expected a cell such as"),
        ("[0]", "expected a cell such as"),
        ("blocks.0.attn.q[" + "9" * 5000 + ", 0, 0]", "valid: t from 0 to 5"),
    ],
)
def test_cells_that_do_not_exist(nano_run: Run, cell: str, said: str) -> None:
    with pytest.raises(CutawayError) as caught:
        nano_run.explain(cell)
    assert said in str(caught.value)


def test_cells_that_do_not_exist_on_the_command_line() -> None:
    refused("Did you mean 'blocks.0.attn.", "explain", "nano-gpt", "CBABBC", "blocks.0.attn.Q[0, 0, 0]")
    refused("valid: t from 0 to 5", "explain", "nano-gpt", "CBABBC", "blocks.0.attn.q[6, 0, 0]")
    refused("Did you mean 'blocks.0.attn.q'", "run", "nano-gpt", "CBABBC", "--tensor", "q")


def test_a_tensor_name_that_does_not_exist(nano_run: Run) -> None:
    with pytest.raises(KeyError, match=r"Did you mean 'blocks\.0\.attn\.pattern'"):
        nano_run["blocks.0.attn.patern"]


# Options


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "nano-gpt", "CBABBC", "--generate", "7"), "at most 6 steps fit the context of 11 tokens, got 7"),
        (("run", "nano-gpt", "CBABBC", "--generate", "-1"), "--generate"),
        (("run", "nano-gpt", "CBABBC", "--generate", "x"), "--generate"),
        (("run", "nano-gpt", "CBABBC", "--temperature", "-1"), "temperature must be zero or more, got -1.0"),
        (("run", "nano-gpt", "CBABBC", "--temperature", "nan"), "temperature must be zero or more, got nan"),
        (("run", "nano-gpt", "CBABBC", "--top-k", "0"), "top_k must be 1 or more, got 0"),
        (("run", "nano-gpt", "CBABBC", "--top-p", "1.5"), "top_p must be above 0 and at most 1, got 1.5"),
        (("run", "nano-gpt", "CBABBC", "--seed", "-1"), "seed must be from 0 to 4294967295, got -1"),
        (("run", "nano-gpt", "CBABBC", "--save", "/nowhere/at/all"), "cannot write /nowhere/at/all"),
        (("cost", "nano-gpt", "--tokens", "12"), "tokens must be from 1 to the context length 11, got 12"),
        (("cost", "nano-gpt", "--tokens", "0"), "tokens must be from 1 to the context length 11, got 0"),
        (("view", "nano-gpt", "--no-browser", "--port", "99999"), "port must be from 0 to 65535, got 99999"),
        (("view", "nano-gpt", "--no-browser", "--host", "203.0.113.1"), "is not an address of this machine"),
        (("view", "nano-gpt", "--no-browser", "--host", "no such host"), "is not an address of this machine"),
        (("view", "nano-gpt", "--no-browser", "--token", ""), "token must not be empty"),
        (("run", "nano-gpt"), "PROMPT"),
        (("draw",), "draw"),
        (("--colour",), "--colour"),
    ],
)
def test_options_out_of_range(arguments: tuple[str, ...], said: str) -> None:
    refused(said, *arguments)


def test_training_into_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "thesis.txt").write_text("years of work")
    refused("is not empty", "train", "sort", "--out", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_in_a_process_of_its_own_it_is_the_same() -> None:
    """The other tests call the command in this process; this one shows that it makes no difference."""
    for arguments in (("cost", "nano-gtp"), ("run", "nano-gpt", "CBX"), ("run", "nano-gpt"), ("draw",)):
        assert command(*arguments) == answered(*arguments)
        assert command(*arguments).code == 2


def test_a_message_is_not_lost_in_a_narrow_encoding() -> None:
    answer = command("run", "nano-gpt", "CBΩ", PYTHONIOENCODING="ascii")
    assert answer.code == 2
    assert "unknown letter" in answer.err
    assert io.StringIO(answer.err).readline().isascii()
