"""``cutaway.load``: built-in names, folders, files. What is refused is in ``test_bad_input``."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from checkpoint_files import edit_config, write_checkpoint
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

import cutaway
from cutaway import CutawayError, Model
from cutaway.load import BUILT_IN


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_names(name: str) -> None:
    model = cutaway.load(name)
    assert model.name == name
    assert model.title
    assert model.description


def test_a_folder_is_loaded_from_its_path_or_a_file_in_it(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "mine")
    logits = [cutaway.load(source).run([1, 2])["logits"] for source in (
        folder, str(folder), folder / "config.json", folder / "model.safetensors",
    )]  # fmt: skip
    for other in logits[1:]:
        np.testing.assert_array_equal(other, logits[0])
    assert cutaway.load(folder).name == "mine"


def test_a_relative_folder_takes_the_name_of_the_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_checkpoint(tmp_path / "mine"))
    assert cutaway.load(".").name == "mine"


def test_a_copy_of_the_built_in_model_is_the_same(tmp_path: Path, nano: Model) -> None:
    assert nano.weights is not None
    folder = Path(cutaway.__file__).parent / "models" / "nano-gpt"
    shutil.copytree(folder, tmp_path / "copy")
    copy = cutaway.load(tmp_path / "copy")
    np.testing.assert_array_equal(copy.run("CBA")["logits"], nano.run("CBA")["logits"])
    assert copy.prompt == nano.prompt
    assert copy.facts == nano.facts


def test_a_tokenizer_is_used_when_there_is_one(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path)
    tokenizer = Tokenizer(WordLevel({"the": 0, "cat": 1, "sat": 2, "[UNK]": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()  # type: ignore[assignment]
    tokenizer.save(str(folder / "tokenizer.json"))
    model = cutaway.load(folder)
    assert model.run("the cat sat").tokens == [0, 1, 2]
    assert model.run("the cat").texts == ["the", "cat"]


def test_without_a_tokenizer_prompts_are_token_ids(tmp_path: Path) -> None:
    model = cutaway.load(write_checkpoint(tmp_path))
    assert model.run("4, 2 0").tokens == [4, 2, 0]
    assert model.run([4]).texts == ["4"]


def test_letters_must_be_as_many_as_the_vocabulary(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path)
    edit_config(folder, cutaway={"letters": ["A", "B"]})
    with pytest.raises(CutawayError, match=r"cutaway\.letters has 2 different entries, vocab_size is 5"):
        cutaway.load(folder)
