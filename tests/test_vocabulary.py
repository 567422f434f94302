"""From text to token ids and back."""

from __future__ import annotations

import pytest

from cutaway.errors import PromptError
from cutaway.vocabulary import IdsOnly, Letters


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
