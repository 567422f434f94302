"""Texts in other languages: a ``.po`` file for each, keyed by the English text, as translators know it.

Only what a tour needs of the format (GNU gettext manual, section 10): comments, ``msgid``, ``msgstr``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cutaway.tour.errors import TourError

SOURCE = "en"
"""The language that tours are written in."""


@dataclass
class Translations:
    """English text to the text of a language; remembers what was asked for."""

    language: str = SOURCE
    texts: dict[str, str] = field(default_factory=dict)
    path: Path | None = None
    asked: dict[str, None] = field(default_factory=dict)
    """Every text that was asked for, in order."""

    def __call__(self, english: str) -> str:
        """The text in this language; the English one where it is missing."""
        key = normal(english)
        self.asked[key] = None
        return self.texts.get(key) or key

    @property
    def missing(self) -> list[str]:
        """Texts that were asked for and have no translation."""
        return [] if self.language == SOURCE else [t for t in self.asked if not self.texts.get(t)]

    @property
    def unused(self) -> list[str]:
        """Translations that nothing asked for."""
        return [t for t in self.texts if t not in self.asked]


def normal(text: str) -> str:
    """A text as a key: without the indentation of the source, paragraphs apart by one empty line."""
    paragraphs: list[list[str]] = [[]]
    for line in text.strip().splitlines():
        if not line.strip():
            paragraphs.append([])
        elif line.strip().startswith("- ") and paragraphs[-1]:
            paragraphs[-1].append("\n" + line.strip())
        else:
            paragraphs[-1].append(line.strip())
    joined = [" ".join(p).replace(" \n", "\n") for p in paragraphs if p]
    return "\n\n".join(joined)


def read(path: Path, language: str) -> Translations:
    """A ``.po`` file. Raises ``TourError`` for what is not one."""
    made: dict[str, str] = {}
    into: str | None = None
    entry = {"msgid": "", "msgstr": ""}

    def keep() -> None:
        if entry["msgid"]:
            made[normal(entry["msgid"])] = entry["msgstr"]

    for number, line in enumerate([*path.read_text("utf-8").splitlines(), "msgid"], start=1):
        word, _, rest = line.partition(" ")
        if word == "msgid":
            keep()
            entry, into = {"msgid": "", "msgstr": ""}, "msgid"
        elif word == "msgstr":
            into = "msgstr"
        elif line.startswith('"') and into is not None:
            rest = line
        elif not line.strip() or line.startswith("#"):
            continue
        else:
            raise TourError(f"{path}, line {number}: expected msgid, msgstr, a string or a comment, got {line!r}")
        if rest:
            try:
                entry[into] += ast.literal_eval(rest.strip())
            except (SyntaxError, ValueError):
                raise TourError(f"{path}, line {number}: expected a string in double quotes, got {rest!r}") from None
    return Translations(language, made, path)


def written(texts: Iterable[tuple[str, str]]) -> str:
    """A ``.po`` file of texts and their translations (empty where there is none yet)."""
    return "\n".join(f"msgid {_quoted(text)}\nmsgstr {_quoted(to)}\n" for text, to in texts)


def _quoted(text: str) -> str:
    """A string as several lines, each of readable length."""
    if len(text) < 90 and "\n" not in text:
        return _escaped(text)
    pieces, line = [], ""
    for word in text.replace("\n", "\n\x00").replace(" ", " \x00").split("\x00"):
        if len(line) + len(word) > 96 or line.endswith("\n"):
            pieces.append(line)
            line = ""
        line += word
    return "\n".join(['""', *(_escaped(p) for p in [*pieces, line] if p)])


def _escaped(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
