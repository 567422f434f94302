"""From text to token ids and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from checkpoint_files import write_checkpoint
from tokenizers import Tokenizer, models
from tokenizers_made import byte_fallback, byte_level, unigram, word_piece

import cutaway
from cutaway.errors import CheckpointError, PromptError
from cutaway.run import Generated
from cutaway.vocabulary import IdsOnly, Letters, Vocabulary, read_tokenizer


@pytest.mark.parametrize("text", ["CBABBC", "C B A B B C", "cbabbc", " CBA\nBBC\t"])
def test_letters(text: str) -> None:
    letters = Letters("ABC")
    assert letters.encode(text) == [2, 1, 0, 1, 1, 2]
    assert letters.texts([2, 1, 0]) == ["C", "B", "A"]
    assert letters.listed() == ["A", "B", "C"]


def test_lower_case_letters_of_the_vocabulary_are_kept_apart() -> None:
    assert Letters("aA").encode("aA") == [0, 1]


@pytest.mark.parametrize(("text", "letter", "place"), [("ABX", "X", 3), ("A Bé", "é", 4), ("1", "1", 1)])
def test_unknown_letters(text: str, letter: str, place: int) -> None:
    with pytest.raises(
        PromptError, match=f"unknown letter '{letter}' at place {place} of the prompt; this model knows A B C"
    ):
        Letters("ABC").encode(text)


def test_ids() -> None:
    ids = IdsOnly(10)
    assert ids.encode("3 1,4, 1") == [3, 1, 4, 1]
    assert ids.encode("") == []
    assert ids.texts([3, 1]) == ["3", "1"]
    assert ids.listed() is None


@pytest.mark.parametrize("word", ["x", "-1", "1.5", "½"])
def test_what_is_no_id(word: str) -> None:
    with pytest.raises(PromptError, match=r"whole numbers from 0 to 9\); got"):
        IdsOnly(10).encode(f"3 {word}")


# tokenizer.json


@pytest.mark.parametrize("made", [byte_level, word_piece, unigram, byte_fallback])
def test_ids_without_a_name_are_written_as_they_are_shown(made: Callable[[], Tokenizer], tmp_path: Path) -> None:
    """A model may have more rows than its tokenizer has tokens; a prompt with such ids can be typed all the same."""
    vocabulary = saved(made(), tmp_path)
    plain = vocabulary.encode("the cat")
    bare = vocabulary.encode("the cat", whole=False)
    end = next(n for n in range(len(plain)) if plain[n : n + len(bare)] == bare) + len(bare)
    ids = [*plain[:end], 957, 998, *bare, *plain[end:]]
    assert vocabulary.texts(ids)[end : end + 2] == ["⟨id 957⟩", "⟨id 998⟩"]
    assert "⟨id 957⟩⟨id 998⟩" in vocabulary.text(ids)
    assert vocabulary.encode(vocabulary.text(ids)) == ids
    assert vocabulary.encode("⟨id 957⟩", whole=False) == [957]


def test_an_id_that_has_a_name_is_no_id_when_typed(tmp_path: Path) -> None:
    vocabulary = saved(byte_level(), tmp_path)
    assert vocabulary.text(vocabulary.encode("⟨id 57⟩")) == "⟨id 57⟩"
    assert len(vocabulary.encode("⟨id 57⟩")) > 1


def test_a_tokenizer_of_another_model(tmp_path: Path) -> None:
    """Its ids are beyond the model's vocabulary: the message says which word, and that the two do not fit."""
    tokenizer = byte_level()
    model = cutaway.load(write_checkpoint(tmp_path, vocab_size=260))
    model.vocabulary = saved(tokenizer, tmp_path)
    model.vocabulary.size = 260
    word = next(text for i in range(260, 300) if (text := model.vocabulary.texts([i])[0]).isalpha())
    with pytest.raises(PromptError, match=f"reads '{word}' at position 0 as token id .* do not belong together"):
        model.encode(word)
    with pytest.raises(PromptError, match=r"^token id 600 at position 0 is not in the vocabulary \(0 to 259\)$"):
        model.encode("⟨id 600⟩")


def saved(tokenizer: Tokenizer, folder: Path) -> Vocabulary:
    tokenizer.save(str(folder / "tokenizer.json"))
    return read_tokenizer(folder / "tokenizer.json", 1000)


def test_bytes_that_are_no_letter_are_shown_as_bytes(tmp_path: Path) -> None:
    known = saved(byte_level(), tmp_path)
    assert known.texts(known.encode("the cat 🙃")) == ["the", " cat", " <0xF0><0x9F>", "<0x99>", "<0x83>"]
    assert known.text(known.encode("the cat 🙃")) == "the cat 🙃"


def test_a_prompt_is_neither_cut_off_nor_filled_up(tmp_path: Path) -> None:
    known = saved(word_piece(), tmp_path)
    ids = known.encode("the [MASK] sat on the mat")
    assert known.texts(ids) == ["[CLS]", "the", "[MASK]", "sat", "on", "the", "mat", "[SEP]"]
    assert known.text(ids) == "the [MASK] sat on the mat"
    assert known.texts(known.encode("runs", whole=False)) == ["runs"]


def test_a_token_keeps_its_space(tmp_path: Path) -> None:
    known = saved(byte_fallback(), tmp_path)
    ids = known.encode("the cat sat é")
    assert known.texts(ids)[:4] == ["<s>", " the", " cat", " sat"]
    assert known.text(ids) == "the cat sat é"
    assert known.text(ids[2:4], after=ids[:2]) == " cat sat"
    unknown = known.encode("ж", whole=False)
    assert known.texts(unknown)[-2:] == ["<0xD0>", "<0xB6>"]
    assert known.texts([999]) == ["⟨id 999⟩"]


@pytest.mark.parametrize("make", [byte_level, word_piece, unigram, byte_fallback])
def test_every_id_of_a_model_has_a_name(make: Callable[[], Tokenizer], tmp_path: Path) -> None:
    tokenizer = make()
    known, count = saved(tokenizer, tmp_path), tokenizer.get_vocab_size()
    assert all(known.texts(range(count + 3)))
    assert known.texts([count, count + 2]) == [f"⟨id {count}⟩", f"⟨id {count + 2}⟩"]


@pytest.mark.parametrize("make", [byte_level, word_piece, unigram, byte_fallback])
def test_the_text_of_tokens_gives_the_same_tokens(make: Callable[[], Tokenizer], tmp_path: Path) -> None:
    known = saved(make(), tmp_path)
    for text in ("the cat sat", "runs, on the mat — 🙂", "naïve"):
        for whole in (True, False):
            ids = known.encode(text, whole=whole)
            assert known.encode(known.text(ids, whole=whole), whole=whole) == ids


def test_a_file_that_is_no_tokenizer(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"tokenizer\.json cannot be read"):
        read_tokenizer(tmp_path / "tokenizer.json", 10)


def test_a_word_without_a_token(tmp_path: Path) -> None:
    known = saved(Tokenizer(models.WordLevel({"a": 0}, unk_token="?")), tmp_path)
    with pytest.raises(PromptError, match="the tokenizer cannot read the prompt 'b'"):
        known.encode("b")


def test_generated_text_has_its_spaces(tmp_path: Path) -> None:
    tokenizer = byte_fallback()
    write_checkpoint(tmp_path, vocab_size=tokenizer.get_vocab_size(), n_positions=12)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    model = cutaway.load(tmp_path)
    run = model.run("the cat")
    assert "on 'the cat' (3 tokens)" in repr(run)
    assert Generated(run, model.vocabulary.encode("sat on", whole=False), run.tokens).text == " sat on"
