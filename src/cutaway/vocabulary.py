"""From text to token ids and back: a list of letters, or a ``tokenizer.json``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cutaway.errors import CheckpointError, PromptError


class Vocabulary(Protocol):
    """How a model's prompt is written."""

    size: int

    def encode(self, text: str) -> list[int]:
        """Token ids of a text. Raises ``PromptError`` for what cannot be written in this vocabulary."""
        ...

    def texts(self, ids: Sequence[int]) -> list[str]:
        """The text of each token."""
        ...

    def listed(self) -> list[str] | None:
        """The text of every id when there are few enough to list, else none."""
        ...


class Letters:
    """One token per letter, as in minGPT's sort demo: spaces between letters are allowed."""

    def __init__(self, letters: Sequence[str]) -> None:
        self.letters = list(letters)
        self.size = len(self.letters)

    def encode(self, text: str) -> list[int]:
        known = {letter: i for i, letter in enumerate(self.letters)}
        ids = []
        for place, letter in enumerate(text, start=1):
            if letter.isspace():
                continue
            if letter not in known and letter.upper() in known:
                letter = letter.upper()
            if letter not in known:
                known_letters = " ".join(self.letters)
                raise PromptError(
                    f"unknown letter {letter!r} at place {place} of the prompt; this model knows {known_letters}"
                )
            ids.append(known[letter])
        return ids

    def texts(self, ids: Sequence[int]) -> list[str]:
        return [self.letters[i] for i in ids]

    def listed(self) -> list[str] | None:
        return self.letters


class TokenizerFile:
    """A Hugging Face ``tokenizer.json``, read by the tokenizers library when first needed."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        self._tokenizer = None

    def _loaded(self):
        if self._tokenizer is None:
            from tokenizers import Tokenizer

            try:
                self._tokenizer = Tokenizer.from_file(str(self.path))
            except Exception as e:  # the library raises bare Exception
                raise CheckpointError(f"{self.path.name} cannot be read: {e}") from None
        return self._tokenizer

    def encode(self, text: str) -> list[int]:
        return self._loaded().encode(text).ids

    def texts(self, ids: Sequence[int]) -> list[str]:
        return [self._loaded().decode([i], skip_special_tokens=False) for i in ids]

    def listed(self) -> list[str] | None:
        return None


LONGEST_ID = 18
"""Digits of a token id; longer ones are not numbers that anything counts."""


class IdsOnly:
    """No tokenizer came with the model: a prompt is token ids, as numbers between spaces or commas."""

    def __init__(self, size: int) -> None:
        self.size = size

    def encode(self, text: str) -> list[int]:
        ids = []
        for word in text.replace(",", " ").split():
            if not (word.isascii() and word.isdecimal()) or len(word) > LONGEST_ID:
                shown = word if len(word) <= LONGEST_ID else word[:LONGEST_ID] + "…"
                raise PromptError(
                    f"this model came without tokenizer.json, so its prompt is token ids "
                    f"(whole numbers from 0 to {self.size - 1}); got {shown!r}"
                )
            ids.append(int(word))
        return ids

    def texts(self, ids: Sequence[int]) -> list[str]:
        return [str(i) for i in ids]

    def listed(self) -> list[str] | None:
        return None
