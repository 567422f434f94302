"""What models say about themselves, in other languages: labels, sentences, kinds; a ``.po`` file for each language.

The definition of a model is English. A page that is read in another language fetches one file for all its models,
whichever they are; ``{}`` in a phrase stands for what differs from model to model. What has no translation, such as
a label of an architecture of one's own, stays English.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from cutaway.tour.translations import read

FOLDER = Path(__file__).parent


def phrase_paths() -> dict[str, str]:
    """Language to where its phrases are in a bundle."""
    return {file.stem: f"phrases/{file.stem}.json" for file in sorted(FOLDER.glob("*.po"))}


def phrases(language: str) -> dict[str, str]:
    """English to the text of the language."""
    return {english: text for english, text in read(FOLDER / f"{language}.po", language).texts.items() if text}


def phrases_file(language: str) -> bytes:
    """The same as the page reads it."""
    return msgspec.json.encode(phrases(language))
