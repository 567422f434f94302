"""What models say about themselves is said in every language that the page speaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import cutaway
from cutaway import wire
from cutaway.bundle import bundle, to_json
from cutaway.catalogue import catalogue_file
from cutaway.load import presets
from cutaway.phrases import phrase_paths, phrases
from cutaway.tour.guide import GUIDE

LANGUAGES = list(phrase_paths())


def texts(made: dict[str, Any]) -> Iterator[str]:
    """Every text of a bundle that the page shows for people to read; facts are names and years, too."""
    for kind in made["kinds"]:
        yield from (kind["label"], kind["name"])
    for model in made["models"]:
        yield from (model["description"], model["no_values"])
        for tensor in model["tensors"]:
            yield from (tensor["label"], tensor.get("about", ""))
        yield from labels(model["root"])
        yield from [*model["facts"], *model["sizes"], *model["traits"], *model["traits"].values()]
        yield from (part["label"] for part in model["parts"])
        for _group, _slot, _key, label, _layers, says, steps in model["stages"]:
            yield from [label, *says, *says.values(), *(step[1] for step in steps)]


def labels(module: dict[str, Any]) -> Iterator[str]:
    for inner in module.get("modules", []):
        yield inner["label"]
        yield from labels(inner)


@pytest.fixture(scope="module")
def said() -> set[str]:
    """By nano-gpt and by every model of the catalogue."""
    own = to_json(bundle([cutaway.load("nano-gpt")], capabilities=wire.Capabilities()))
    files = [own, *(catalogue_file(name) for name in presets())]
    return {part for file in files for text in texts(json.loads(file)) for part in text.split("; ")} - {""} | {
        text for text in texts(json.loads(own)) if text
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said(language: str, said: set[str]) -> None:
    known = phrases(language)
    patterns = [re.compile(re.escape(english).replace(r"\{\}", "[^;]+?")) for english in known if "{}" in english]
    whole = [english for english in known if ";" in english]
    parts = {part for english in whole for part in english.split("; ")}
    parted = [re.compile(re.escape(part).replace(r"\{\}", "[^;]+?")) for part in parts]
    missing = [
        text for text in sorted(said) if text not in known and not any(p.fullmatch(text) for p in [*patterns, *parted])
    ]
    assert missing == [], f"add them to src/cutaway/phrases/{language}.po"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_is_kept(language: str) -> None:
    for english, text in phrases(language).items():
        assert english.count("{}") == text.count("{}"), english


@pytest.mark.parametrize("language", LANGUAGES)
def test_tours_and_the_page_say_the_same(language: str) -> None:
    of_tours, of_page = GUIDE.texts(language).texts, phrases(language)
    differ = {english: (to, of_tours[english]) for english, to in of_page.items() if of_tours.get(english, to) != to}
    assert differ == {}
