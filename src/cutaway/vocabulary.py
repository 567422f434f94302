"""From text to token ids and back: a list of letters, or a ``tokenizer.json``."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from cutaway.errors import CheckpointError, PromptError


class Vocabulary(Protocol):
    """How a model's prompt is written."""

    size: int

    @property
    def mask(self) -> int | None:
        """The token that stands for a hidden one, where there is such."""
        ...

    def encode(self, text: str, *, whole: bool = True) -> list[int]:
        """Token ids of a text; ``whole``: with the tokens that mark where a prompt begins and ends, if there are any.

        Raises ``PromptError`` for what cannot be written in this vocabulary.
        """
        ...

    def texts(self, ids: Sequence[int]) -> list[str]:
        """The text of each token."""
        ...

    def text(self, ids: Sequence[int], *, after: Sequence[int] = (), whole: bool = True) -> str:
        """The text of all of them: what ``encode`` turns into these ids, or what they add ``after`` others."""
        ...

    def listed(self) -> list[str] | None:
        """The text of every id when there are few enough to list, else none."""
        ...


class Letters:
    """One token per letter, as in minGPT's sort demo: spaces between letters are allowed."""

    mask = None

    def __init__(self, letters: Sequence[str]) -> None:
        self.letters = list(letters)
        self.size = len(self.letters)

    def encode(self, text: str, *, whole: bool = True) -> list[int]:
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

    def text(self, ids: Sequence[int], *, after: Sequence[int] = (), whole: bool = True) -> str:
        return "".join(self.texts(ids))

    def listed(self) -> list[str] | None:
        return self.letters


MASKS = ("[MASK]", "<mask>")
"""How tokenizers write the token that hides another one: BERT's way, and RoBERTa's."""


class Subwords:
    """Words and parts of words, through the tokenizers library."""

    def __init__(self, tokenizer: Any, size: int) -> None:
        """``tokenizer``: of the tokenizers library; it is kept from cutting prompts off or filling them up."""
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.size = size
        self._tokenizer = tokenizer

    @property
    def mask(self) -> int | None:
        found = (self._tokenizer.token_to_id(text) for text in MASKS)
        return next((token for token in found if token is not None), None)

    def encode(self, text: str, *, whole: bool = True) -> list[int]:
        between = UNNAMED.split(text)
        if len(between) == 1 or any(self._is_named(int(i)) for i in between[1::2]):
            return self._encode(text, whole=whole)
        ids = self._encode(between[0], whole=False)
        for i, piece in zip(between[1::2], between[2::2], strict=True):
            ids += [int(i), *self._encode(piece, whole=False)]
        begin, end = self._ends() if whole else (0, 0)
        marked = self._encode("a", whole=whole)
        return [*marked[:begin], *ids, *marked[len(marked) - end :]]

    def _encode(self, text: str, *, whole: bool) -> list[int]:
        try:
            return self._tokenizer.encode(text, add_special_tokens=whole).ids
        except Exception as e:  # such as a word that is unknown, where there is no token for that
            raise PromptError(f"the tokenizer cannot read the prompt {text!r}: {e}") from None

    def _is_named(self, i: int) -> bool:
        """Whether the tokenizer knows the id; some models have more rows than the tokenizer has tokens."""
        return i < 1 << 32 and self._tokenizer.id_to_token(i) is not None

    def _decode(self, ids: Sequence[int], *, skip_special_tokens: bool = False) -> str:
        """The text of ids, those without a name among them as ``encode`` reads them."""
        said = ""
        for named, group in itertools.groupby(ids, self._is_named):
            if named:
                said += self._tokenizer.decode([*group], skip_special_tokens=skip_special_tokens)
            else:
                said += "".join(map(unnamed, group))
        return said

    def texts(self, ids: Sequence[int]) -> list[str]:
        return [self._text(i) for i in ids]

    def text(self, ids: Sequence[int], *, after: Sequence[int] = (), whole: bool = True) -> str:
        decode = self._decode
        if after:
            before, both = decode(after), decode([*after, *ids])
            return both[len(before) :] if both.startswith(before) else decode(ids)
        begin, end = self._ends() if whole else (0, 0)
        bare, all_of_them = ids[begin : len(ids) - end], ids
        said = [decode(of, skip_special_tokens=skip) for skip in (True, False) for of in (bare, all_of_them)]
        return next((text for text in said if self.encode(text, whole=whole) == list(ids)), said[-1])

    def listed(self) -> list[str] | None:
        return None

    def _ends(self) -> tuple[int, int]:
        """How many tokens are put before and behind a prompt."""
        plain, marked = self.encode("a", whole=False), self.encode("a")
        begin = next((n for n in range(len(marked)) if marked[n : n + len(plain)] == plain), 0)
        return begin, max(0, len(marked) - len(plain) - begin)

    def _text(self, i: int) -> str:
        """One token by itself: with the space that belongs to it, bytes that are no letter alone as ``<0xE2>``."""
        piece = self._tokenizer.id_to_token(i)
        if piece is None:
            return unnamed(i)
        if SPACE in piece:
            return piece.replace(SPACE, " ")
        text = self._tokenizer.decode([i], skip_special_tokens=False)
        if UNREADABLE not in text or UNREADABLE in piece or not set(piece) <= set(BYTES):
            return text if text and UNREADABLE not in text else piece
        return bytes(BYTES[letter] for letter in piece).decode("utf-8", errors="shown_as_bytes")


def unnamed(i: int) -> str:
    """How a token is written that the tokenizer has no name for, and as which it can be typed."""
    return f"⟨id {i}⟩"


UNNAMED = re.compile(r"⟨id (\d{1,18})⟩")

SPACE, UNREADABLE = "\u2581", "\ufffd"
"""How SentencePiece writes a space, and what stands for bytes that are no letter."""


def _letters_of_bytes() -> dict[str, int]:
    """The letter that GPT-2's tokenizer writes for each byte: itself where it can be seen, else one beyond them."""
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    unseen = [byte for byte in range(256) if byte not in seen]
    return {chr(byte): byte for byte in seen} | {chr(256 + n): byte for n, byte in enumerate(unseen)}


BYTES = _letters_of_bytes()


def _shown_as_bytes(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "".join(f"<0x{byte:02X}>" for byte in error.object[error.start : error.end]), error.end


codecs.register_error("shown_as_bytes", _shown_as_bytes)


def read_tokenizer(path: Path, size: int) -> Vocabulary:
    """A Hugging Face ``tokenizer.json``. Raises ``CheckpointError`` for a file that is not one."""
    from tokenizers import Tokenizer

    try:
        return Subwords(Tokenizer.from_file(str(path)), size)
    except Exception as e:  # the library raises bare Exception
        raise CheckpointError(f"{path.name} cannot be read: {e}") from None


class Later:
    """A vocabulary that is read when it is first needed, because that takes a second for a large one."""

    def __init__(self, size: int, read: Callable[[], Vocabulary]) -> None:
        self.size = size
        self._read = cache(read)

    @property
    def mask(self) -> int | None:
        return self._read().mask

    def encode(self, text: str, *, whole: bool = True) -> list[int]:
        return self._read().encode(text, whole=whole)

    def texts(self, ids: Sequence[int]) -> list[str]:
        return self._read().texts(ids)

    def text(self, ids: Sequence[int], *, after: Sequence[int] = (), whole: bool = True) -> str:
        return self._read().text(ids, after=after, whole=whole)

    def listed(self) -> list[str] | None:
        return None


LONGEST_ID = 18
"""Digits of a token id; longer ones are not numbers that anything counts."""


class IdsOnly:
    """No tokenizer came with the model: a prompt is token ids, as numbers between spaces or commas."""

    mask = None

    def __init__(self, size: int) -> None:
        self.size = size

    def encode(self, text: str, *, whole: bool = True) -> list[int]:
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

    def text(self, ids: Sequence[int], *, after: Sequence[int] = (), whole: bool = True) -> str:
        return " ".join(self.texts(ids))

    def listed(self) -> list[str] | None:
        return None
